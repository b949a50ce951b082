package org.tfckpt.graph.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Reads texts that name variables. */
public final class VariableText {
    private VariableText() {}

    /**
     * Reads a text in UTF-8 or UTF-16, of one name per line or in any form; returns null if it is not text. Throws
     * {@link UnsupportedFormatException} if it has more variables than fit into the heap.
     */
    public static @Nullable PrintedGraph read(InputStream in, boolean names) throws IOException {
        Reader reader = TextInput.of(in);
        return reader == null ? null : names ? NameLines.read(reader) : new TextScanner(reader).scan();
    }

    /** Reads a text like {@link #read(InputStream, boolean)}. */
    public static PrintedGraph read(String text) throws IOException {
        return new TextScanner(new StringReader(text)).scan();
    }
}
