package org.tfckpt.graph.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * The variables that a text names.
 *
 * @param variables the variables, in the order of the text
 * @param partial whether the text names some variables only, as the error of a failed restore does
 * @param ignoredLines the number of lines that say nothing about variables
 * @param remarks what a user should know about the variables, one sentence each
 * @param problem why a text without variables has none, and what to print instead; empty if that is not known
 * @param understood whether the text says something about variables, even if it names none that is wanted
 */
public record PrintedGraph(
        List<PrintedVariable> variables,
        boolean partial,
        long ignoredLines,
        List<String> remarks,
        String problem,
        boolean understood) {
    /**
     * Reads a text in UTF-8 or UTF-16.
     *
     * @param in the text
     * @param names whether each line is a name
     * @return what it says; null if it is not text
     * @throws UnsupportedFormatException if it has more variables than fit into the heap
     * @throws IOException if the text cannot be read
     */
    public static @Nullable PrintedGraph read(InputStream in, boolean names) throws IOException {
        Reader reader = TextInput.of(in);
        return reader == null ? null : names ? NameLines.read(reader) : new TextScanner(reader).scan();
    }

    /**
     * Reads a text.
     *
     * @param text the text
     * @return what it says
     * @throws UnsupportedFormatException if it has more variables than fit into the heap
     * @throws IOException never
     */
    public static PrintedGraph read(String text) throws IOException {
        return new TextScanner(TextInput.of(text)).scan();
    }
}
