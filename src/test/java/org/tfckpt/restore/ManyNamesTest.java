package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/** The bounds are for a machine that has much else to do; each takes a second or two by itself. */
@DisplayName("20,000 variables beside 20,000 tensors, with no name in common")
class ManyNamesTest {
    private static final int COUNT = 20_000;

    private static Comparison comparison(IntFunction<String> variables, IntFunction<String> tensors, int shapes) {
        List<Wanted> wanted = new ArrayList<>();
        List<TensorInfo> stored = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            wanted.add(wanted(variables.apply(i), 1 + i % shapes, 4));
            stored.add(new TensorInfo(
                    tensors.apply(i), DataType.DT_FLOAT.number(), Shape.of(1 + i % shapes, 4), null, List.of()));
        }
        Comparison comparison = Comparison.of(wanted, stored, NameMapping.NONE, List.of());
        assertThat(comparison.missing()).hasSize(COUNT);
        assertThat(comparison.unused()).hasSize(COUNT);
        return comparison;
    }

    private static String layer(int i) {
        return "block_" + i / 100 + "/layer_" + i / 10 % 10 + "/" + (i % 10 == 0 ? "bias" : "kernel_" + i % 10);
    }

    @Test
    @Timeout(300)
    void oneRuleExplainsAll() {
        Comparison comparison = comparison(i -> "init/" + layer(i), i -> "input/" + layer(i), 7);
        List<SuggestedRule> rules = comparison.suggestions().rules();
        assertThat(rules).extracting(SuggestedRule::rule).containsExactly("s#^init/#input/#");
        assertThat(rules.get(0).found()).hasSize(COUNT);
        comparison
                .missing()
                .forEach(source -> assertThat(
                                comparison.suggestions().of(source).get(0).name())
                        .isEqualTo("input/" + source.tensorName().substring(5)));
    }

    @Test
    @Timeout(300)
    void numbersMayStandInTheRule() {
        Comparison comparison =
                comparison(i -> "net/" + layer(i), i -> "net/" + layer(i).replaceFirst("block_(\\d+)", "stage$1x"), 1);
        assertThat(comparison.suggestions().rules())
                .extracting(SuggestedRule::rule)
                .containsExactly("s#/block_([0-9]+)/#/stage\\1x/#");
    }

    @Test
    @Timeout(300)
    void nothingExplainsAnything() {
        Random random = new Random(7);
        Comparison comparison = comparison(
                i -> "a/" + Long.toString(random.nextLong() >>> 1, 36) + "/w",
                i -> "b/" + Long.toString(random.nextLong() >>> 1, 36) + "/kernel",
                1);
        Suggestions suggestions = comparison.suggestions();
        assertThat(suggestions.rules()).isEmpty();
        comparison
                .missing()
                .forEach(source -> assertThat(suggestions.of(source)).hasSizeLessThanOrEqualTo(3));
    }

    @Test
    @Timeout(300)
    void onePartNames() {
        Comparison comparison = comparison(i -> "Variable_" + i, i -> "var" + i, 1);
        assertThat(comparison.suggestions().rules())
                .extracting(SuggestedRule::rule)
                .containsExactly("s#^Variable_([0-9]+)$#var\\1#");
    }
}
