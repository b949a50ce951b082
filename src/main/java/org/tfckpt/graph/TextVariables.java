package org.tfckpt.graph;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.text.PrintedGraph;
import org.tfckpt.graph.text.PrintedVariable;
import org.tfckpt.graph.text.VariableText;
import org.tfckpt.io.FileKind;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Makes graphs of texts that print variables. */
final class TextVariables {
    /** The name of a text that is not in a file, as of standard input on a command line. */
    static final Path NO_FILE = Path.of("-");

    private static final String EXAMPLE = "print the variables with: for v in tf.global_variables(): print(v.name,"
            + " v.dtype, v.shape), which gives lines such as: dense/kernel:0 <dtype: 'float32'> (3, 4)";

    private TextVariables() {}

    /** Reads a file if it is a text that says something about variables, else returns null. */
    static @Nullable GraphParts find(Path file) throws IOException {
        PrintedGraph text = Files.isRegularFile(file) ? scan(file) : null;
        return text != null && text.understood() ? parts(text, file) : null;
    }

    /** Reads a file that is neither a graph of another kind nor a checkpoint. */
    static GraphParts of(Path file) throws IOException {
        PrintedGraph text = scan(file);
        if (text != null && text.understood()) {
            return parts(text, file);
        }
        FileKind kind = FileKind.of(file);
        boolean plain = kind.equals(FileKind.TEXT) || kind.equals(FileKind.SCRIPT);
        throw text == null || (!plain && text.problem().isEmpty())
                ? GraphHints.notAGraph(file, kind)
                : failure(text, file, kind);
    }

    /** Reads a text, of one name per line or in any form; messages name the file. */
    static GraphParts read(InputStream in, Path file, boolean names) throws IOException {
        PrintedGraph text = VariableText.read(in, names);
        if (text == null) {
            throw new UnsupportedFormatException(
                    (file.equals(NO_FILE) ? "the input" : subject(file)) + " is not text",
                    ErrorContext.hint("give a graph in another format as a file, by its path"));
        }
        if (names && !text.understood()) {
            throw new UnsupportedFormatException(
                    subject(file) + " contains no names", ErrorContext.hint("give one name per line"));
        }
        return requireVariables(text, file);
    }

    static GraphParts parse(String text) {
        try {
            return requireVariables(VariableText.read(text), NO_FILE);
        } catch (CheckpointException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (IOException e) {
            throw new AssertionError("a string can be read", e);
        }
    }

    private static GraphParts requireVariables(PrintedGraph text, Path file) throws CheckpointException {
        if (!text.understood()) {
            throw failure(text, file, FileKind.TEXT);
        }
        return parts(text, file);
    }

    private static @Nullable PrintedGraph scan(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return VariableText.read(in, false);
        }
    }

    private static String subject(Path file) {
        return file.equals(NO_FILE) ? "the text" : "'" + file + "'";
    }

    private static CheckpointException failure(PrintedGraph text, Path file, FileKind kind) {
        String subject = file.equals(NO_FILE)
                ? "no variables are recognised in the text"
                : kind.insteadOf("'" + file + "'", "a TensorFlow graph") + " in which no variables are recognised";
        return new UnsupportedFormatException(
                subject, ErrorContext.hint(text.problem().isEmpty() ? EXAMPLE : text.problem()));
    }

    private static GraphParts parts(PrintedGraph text, Path file) {
        GraphNodes nodes = new GraphNodes();
        for (PrintedVariable variable : text.variables()) {
            String op = variable.reference() ? "VariableV2" : "VarHandleOp";
            nodes.variables.put(
                    variable.name(),
                    new GraphVariable.Builder(variable.name(), op, variable.dtypeNumber(), variable.shape()));
        }
        try {
            for (String slot : SlotFinder.slots(nodes)) {
                Objects.requireNonNull(nodes.variables.get(slot)).optimizerSlot = true;
            }
        } catch (IOException e) {
            throw new AssertionError("the variables are in memory", e);
        }
        Map<String, GraphVariable> variables = new LinkedHashMap<>();
        nodes.variables.forEach((name, variable) -> variables.put(name, variable.build()));
        return new GraphParts(
                file,
                GraphKind.TEXT,
                GraphParts.Info.NONE,
                Variables.of(variables.values()),
                List.of(),
                null,
                text.partial(),
                text.eager(),
                notes(text, file));
    }

    private static List<String> notes(PrintedGraph text, Path file) {
        List<String> notes = new ArrayList<>();
        long ignored = text.ignoredLines();
        notes.add(count(text.variables().size(), "variable") + " recognised in " + subject(file)
                + (ignored == 0 ? "" : ", " + count(ignored, "line") + " ignored"));
        notes.addAll(text.remarks());
        return List.copyOf(notes);
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
