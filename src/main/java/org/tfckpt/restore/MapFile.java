package org.tfckpt.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorNames;

/** Reads a file of lines {@code name in the checkpoint -> name wanted}. */
final class MapFile {
    private static final String ARROW = " -> ";
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Names that begin or end with white space cannot be written in a map file. */
    private static final Pattern LINE = Pattern.compile("(?<source>.*?\\S)\\s+->\\s+(?<wanted>\\S.*)");

    private static final Pattern SECOND_ARROW = Pattern.compile("\\s->\\s");

    /** If the wrong file was given, most lines are wrong. */
    private static final int MAX_REPORTED = 5;

    private final Path file;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<String> mistakes = new ArrayList<>();

    private MapFile(Path file) {
        this.file = file;
    }

    static String line(String source, String wanted) {
        return TensorNames.printable(source) + ARROW + TensorNames.printable(wanted);
    }

    static Map<String, String> read(Path file) throws IOException {
        MapFile map = new MapFile(file);
        String[] lines = TensorNames.decode(Files.readAllBytes(file)).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String text = i == 0 && lines[i].startsWith(BYTE_ORDER_MARK) ? lines[i].substring(1) : lines[i];
            map.line(i + 1, text.strip());
        }
        if (!map.mistakes.isEmpty()) {
            int more = map.mistakes.size() - MAX_REPORTED;
            List<String> shown = map.mistakes.subList(0, Math.min(MAX_REPORTED, map.mistakes.size()));
            throw new CheckpointException(
                    String.join("; ", shown) + (more > 0 ? "; … and " + more + " more" : ""),
                    ErrorContext.hint("each line is 'name in the checkpoint -> name wanted'; '#' begins a comment"));
        }
        return map.sources;
    }

    private void line(int number, String text) {
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        Matcher parts = LINE.matcher(text);
        if (!parts.matches() || SECOND_ARROW.matcher(parts.group("wanted")).find()) {
            mistake(number, "not 'name in the checkpoint -> name wanted': '" + TensorNames.printable(text) + "'");
            return;
        }
        String source = parts.group("source");
        String wanted = withoutOutput(parts.group("wanted"));
        String earlier = sources.putIfAbsent(wanted, source);
        Integer earlierLine = lines.putIfAbsent(wanted, number);
        if (earlier != null && !earlier.equals(source)) {
            mistake(
                    number,
                    "'" + TensorNames.printable(wanted) + "' is already mapped to '" + TensorNames.printable(earlier)
                            + "' in line " + earlierLine);
        }
    }

    /** Python prints the name of a variable with {@code :0}, which no name of a node can contain. */
    private static String withoutOutput(String wanted) {
        return wanted.endsWith(":0") ? wanted.substring(0, wanted.length() - 2) : wanted;
    }

    private void mistake(int line, String what) {
        mistakes.add(file + ":" + line + ": " + what);
    }
}
