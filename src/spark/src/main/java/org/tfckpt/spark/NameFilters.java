package org.tfckpt.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.sources.And;
import org.apache.spark.sql.sources.EqualNullSafe;
import org.apache.spark.sql.sources.EqualTo;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.sources.In;
import org.apache.spark.sql.sources.IsNotNull;
import org.apache.spark.sql.sources.IsNull;
import org.apache.spark.sql.sources.Not;
import org.apache.spark.sql.sources.Or;
import org.apache.spark.sql.sources.StringContains;
import org.apache.spark.sql.sources.StringEndsWith;
import org.apache.spark.sql.sources.StringStartsWith;
import org.jspecify.annotations.Nullable;

/**
 * Filters on the checkpoint, and on the name and the dtype of a tensor, as far as they can be evaluated before a row is
 * computed. Spark evaluates them again.
 */
final class NameFilters {
    private static final Set<String> COLUMNS = Set.of("checkpoint", "name", "dtype");
    /** Stands for bytes that are not UTF-8 in a text of a filter, which may then equal another text. */
    private static final String REPLACEMENT = "\ufffd";

    private NameFilters() {}

    /** Returns whether a filter can exclude rows. */
    static boolean isPushed(Filter filter) {
        return Arrays.stream(filter.references()).anyMatch(COLUMNS::contains);
    }

    /**
     * Returns whether a row may satisfy all filters; {@code values} gives the value of a column, null if it is unknown.
     */
    static boolean accept(List<Filter> filters, Function<String, @Nullable String> values) {
        return filters.stream().noneMatch(filter -> Boolean.FALSE.equals(test(filter, values)));
    }

    /** Evaluates a filter; returns null if the result is unknown. */
    private static @Nullable Boolean test(Filter filter, Function<String, @Nullable String> values) {
        if (filter instanceof And and) {
            return and(test(and.left(), values), test(and.right(), values));
        }
        if (filter instanceof Or or) {
            return not(and(not(test(or.left(), values)), not(test(or.right(), values))));
        }
        if (filter instanceof Not not) {
            return not(test(not.child(), values));
        }
        if (filter instanceof EqualTo equal) {
            return compare(values, equal.attribute(), String::equals, equal.value());
        }
        if (filter instanceof EqualNullSafe equal) {
            return compare(values, equal.attribute(), String::equals, equal.value());
        }
        if (filter instanceof In in) {
            return compare(values, in.attribute(), String::equals, in.values());
        }
        if (filter instanceof StringStartsWith start) {
            return compare(values, start.attribute(), String::startsWith, start.value());
        }
        if (filter instanceof StringEndsWith end) {
            return compare(values, end.attribute(), String::endsWith, end.value());
        }
        if (filter instanceof StringContains contains) {
            return compare(values, contains.attribute(), String::contains, contains.value());
        }
        if (filter instanceof IsNotNull present && values.apply(present.attribute()) != null) {
            return true;
        }
        return (filter instanceof IsNull absent && values.apply(absent.attribute()) != null) ? false : null;
    }

    /** Compares a text with an operand. */
    private interface Comparison {
        boolean test(String value, String operand);
    }

    private static @Nullable Boolean compare(
            Function<String, @Nullable String> values, String column, Comparison comparison, Object... operands) {
        String value = values.apply(column);
        boolean known = value != null
                && Arrays.stream(operands)
                        .allMatch(operand -> operand instanceof String text && !text.contains(REPLACEMENT));
        return known
                ? (Boolean) Arrays.stream(operands)
                        .anyMatch(operand -> comparison.test(Objects.requireNonNull(value), (String) operand))
                : null;
    }

    private static @Nullable Boolean not(@Nullable Boolean value) {
        return value == null ? null : (Boolean) !value;
    }

    private static @Nullable Boolean and(@Nullable Boolean left, @Nullable Boolean right) {
        if (Boolean.FALSE.equals(left) || Boolean.FALSE.equals(right)) {
            return false;
        }
        return (left == null || right == null) ? null : (Boolean) true;
    }
}
