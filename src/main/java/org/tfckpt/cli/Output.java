package org.tfckpt.cli;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import org.tfckpt.tensor.TensorNames;

/**
 * Standard output: lines in UTF-8, whatever the locale. Names go out byte for byte; on a terminal control characters are
 * replaced, since a name is what its writer made it.
 */
final class Output implements Appendable, Closeable {
    private final BufferedOutputStream out;
    private final boolean terminal;

    Output(OutputStream out, boolean terminal) {
        this.out = new BufferedOutputStream(new Guarded(out), 1 << 16);
        this.terminal = terminal;
    }

    /** What cannot be written, usually because nobody reads any more; told apart from what cannot be read. */
    static final class WriteFailure extends IOException {
        private static final long serialVersionUID = 1;

        WriteFailure(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private static final class Guarded extends OutputStream {
        private final OutputStream out;

        Guarded(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw new WriteFailure(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw new WriteFailure(e);
            }
        }
    }

    /** Writes a line. */
    void line(String text) throws IOException {
        out.write(TensorNames.encode(terminal ? TensorNames.printable(text) : text));
        out.write('\n');
        if (terminal) {
            out.flush();
        }
    }

    /** Writes text of several lines that was made here, as it is. */
    void text(String text) throws IOException {
        out.write(TensorNames.encode(text));
    }

    @Override
    public Output append(CharSequence text) throws IOException {
        text(text.toString());
        return this;
    }

    @Override
    public Output append(CharSequence text, int start, int end) throws IOException {
        return append(text.subSequence(start, end));
    }

    @Override
    public Output append(char c) throws IOException {
        return append(String.valueOf(c));
    }

    /** The stream itself, for whoever writes JSON; it need not be closed. */
    OutputStream stream() {
        return out;
    }

    @Override
    public void close() throws IOException {
        out.flush();
    }
}
