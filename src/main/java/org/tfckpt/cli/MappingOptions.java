package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.restore.NameMapping;
import picocli.CommandLine.Option;

/** Options that map the names of a graph to the names in a checkpoint. */
final class MappingOptions {
    @Option(
            names = "--from",
            paramLabel = "RULE",
            description = "Rewrite the graph's name of a variable to its name in the checkpoint, with a sed rule:"
                    + " 's#^init/#input/#' looks for init/DW under input/DW. Repeatable, applied in order.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description =
                    "Read pairs of names, one per line: 'name in the checkpoint -> name in the graph'. Names listed"
                            + " in FILE are not passed through the --from rules.")
    private @Nullable Path map;

    MappingOptions() {}

    NameMapping mapping() throws IOException {
        return sed(map == null ? NameMapping.NONE : NameMapping.file(map), from);
    }

    /** Returns {@code mapping} followed by sed rules. */
    static NameMapping sed(NameMapping mapping, List<String> rules) {
        NameMapping all = mapping;
        for (String rule : rules) {
            all = all.then(NameMapping.sed(rule));
        }
        return all;
    }

    /** Returns the rules as they were given. */
    List<String> rules() {
        return from;
    }

    /** Returns these options as words of a shell command line. */
    List<String> words() {
        List<String> words = words("--map", map == null ? List.of() : List.of(map));
        words.addAll(words("--from", from));
        return words;
    }

    /** Returns an option with each of its values as words of a shell command line. */
    static List<String> words(String option, Collection<?> values) {
        List<String> words = new ArrayList<>();
        values.forEach(value -> words.add(option + " " + quoted(value.toString())));
        return words;
    }

    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
