package org.tfckpt.cli;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.commons.io.output.ProxyOutputStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.TensorNames;

/**
 * Writes standard output as UTF-8, independent of the locale. Bytes of names that are not UTF-8 are written unchanged.
 * On a terminal, control characters are replaced, since a hostile file could contain escape sequences.
 */
final class Output implements Closeable {
    private final BufferedOutputStream out;
    private final boolean terminal;
    private @Nullable IOException failure;

    Output(OutputStream out, boolean terminal) {
        this.out = new BufferedOutputStream(new Guarded(out), 1 << 16);
        this.terminal = terminal;
    }

    /** Reports that output cannot be written, usually because of a closed pipe. The type tells it from read errors. */
    static final class WriteFailure extends IOException {
        private static final long serialVersionUID = 1;

        WriteFailure(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final class Guarded extends ProxyOutputStream {
        Guarded(OutputStream out) {
            super(out);
        }

        @Override
        protected void handleIOException(IOException e) throws IOException {
            failure = e;
            throw new WriteFailure(e);
        }
    }

    /** Writes a line that may contain text from a file. */
    void line(String text) throws IOException {
        line(text, "");
    }

    /** Writes a line: text that may come from a file, then text that may contain colours. */
    void line(String text, String end) throws IOException {
        out.write(TensorNames.encode(terminal ? TensorNames.printable(text) : text));
        text(end);
        out.write('\n');
        if (terminal) {
            out.flush();
        }
    }

    /** Writes text unchanged, without replacing control characters. */
    void text(String text) throws IOException {
        out.write(TensorNames.encode(text));
    }

    /** Writes an object as a JSON document. */
    void json(JsonOutput.Element<JsonOutput> fields) throws IOException {
        try (JsonOutput json = new JsonOutput(out)) {
            json.object(() -> fields.write(json));
        }
    }

    /** Returns the underlying stream. It need not be closed. */
    OutputStream stream() {
        return out;
    }

    /** Writes what is buffered. Also throws if writing has failed before: a {@code PrintWriter} does not. */
    @Override
    public void close() throws IOException {
        if (failure != null) {
            throw new WriteFailure(failure);
        }
        out.flush();
    }
}
