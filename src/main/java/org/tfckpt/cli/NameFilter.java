package org.tfckpt.cli;

import java.util.ArrayList;
import java.util.List;
import org.tfckpt.tensor.NamePattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options that select tensors by name. */
final class NameFilter {
    static final class Converter implements ITypeConverter<NamePattern> {
        Converter() {}

        @Override
        public NamePattern convert(String text) {
            try {
                return NamePattern.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            converter = Converter.class,
            description =
                    "Select only tensors whose whole name matches (default: all). '*' does not match '/', '**' does."
                            + " With the prefix 're:', GLOB is a regular expression that matches anywhere in the"
                            + " name. Repeatable.")
    private List<NamePattern> include = new ArrayList<>();

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            converter = Converter.class,
            description = "Skip tensors whose name matches. Repeatable.")
    private List<NamePattern> exclude = new ArrayList<>();

    NameFilter() {}

    boolean accepts(String name) {
        return (include.isEmpty() || matches(include, name)) && !matches(exclude, name);
    }

    private static boolean matches(List<NamePattern> patterns, String name) {
        for (NamePattern pattern : patterns) {
            if (pattern.test(name)) {
                return true;
            }
        }
        return false;
    }

    List<NamePattern> included() {
        return include;
    }

    List<NamePattern> excluded() {
        return exclude;
    }

    boolean acceptsAll() {
        return include.isEmpty() && exclude.isEmpty();
    }
}
