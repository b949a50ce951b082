package org.tfckpt.graph.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Reads texts that name variables. */
public final class VariableText {
    private VariableText() {}

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
