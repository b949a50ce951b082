package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.restore.NameMapping;
import picocli.CommandLine.Option;

/** From the graph's names to the checkpoint's. */
final class MappingOptions {
    @Option(
            names = "--from",
            paramLabel = "RULE",
            description = "Which name in the checkpoint a variable comes from, as a rule of sed's on the graph's name:"
                    + " 's#^init/#input/#' looks for init/DW under input/DW. Repeatable, applied in order.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "Lines 'name in the checkpoint -> name wanted', applied before the rules.")
    private @Nullable Path map;

    MappingOptions() {}

    NameMapping mapping() throws IOException {
        NameMapping mapping = map == null ? NameMapping.NONE : NameMapping.file(map);
        for (String rule : from) {
            mapping = mapping.then(NameMapping.sed(rule));
        }
        return mapping;
    }

    /** The same options as words of a command line, to be pasted. */
    List<String> words() {
        List<String> words = new ArrayList<>();
        if (map != null) {
            words.add("--map " + quoted(map.toString()));
        }
        from.forEach(rule -> words.add("--from " + quoted(rule)));
        return words;
    }

    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
