package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Where something went wrong, what was expected and found there, and what a person can try: what every exception of
 * this library carries.
 *
 * @param file the file, or null
 * @param offset the first byte meant in that file, −1 where there is none
 * @param tensor the tensor's name, or null
 * @param expected what should have been there, or null
 * @param found what was there, or null
 * @param hint what to try, or null
 */
public record ErrorContext(
        @Nullable String file,
        long offset,
        @Nullable String tensor,
        @Nullable String expected,
        @Nullable String found,
        @Nullable String hint) {
    /** Nothing is known. */
    public static final ErrorContext NONE = new ErrorContext(null, -1, null, null, null, null);

    /**
     * A place in a file.
     *
     * @param file its name
     * @param offset the byte, −1 for the file as a whole
     * @return a context that knows nothing else
     */
    public static ErrorContext at(String file, long offset) {
        return new ErrorContext(file, offset, null, null, null, null);
    }

    /**
     * Nothing but advice.
     *
     * @param hint what to try
     * @return a context that knows nothing else
     */
    public static ErrorContext hint(String hint) {
        return new ErrorContext(null, -1, null, null, null, hint);
    }

    /**
     * The same with a tensor.
     *
     * @param name the tensor's name, or null
     * @return the wider context
     */
    public ErrorContext ofTensor(@Nullable String name) {
        return new ErrorContext(file, offset, name, expected, found, hint);
    }

    /**
     * The same with what should and what does stand there.
     *
     * @param wanted what was expected
     * @param seen what was found
     * @return the wider context
     */
    public ErrorContext mismatch(Object wanted, Object seen) {
        return new ErrorContext(file, offset, tensor, wanted.toString(), seen.toString(), hint);
    }

    /**
     * The same with advice.
     *
     * @param advice what to try
     * @return the wider context
     */
    public ErrorContext withHint(String advice) {
        return new ErrorContext(file, offset, tensor, expected, found, advice);
    }

    /** The message of an exception: the problem, then what is known in brackets, then the advice. */
    String describe(String problem) {
        StringBuilder known = new StringBuilder();
        append(known, "file ", file);
        append(known, "offset ", offset < 0 ? null : "0x" + Long.toHexString(offset));
        append(known, "tensor ", tensor == null ? null : "'" + TensorNames.printable(tensor) + "'");
        append(known, "expected ", expected);
        append(known, "found ", found);
        String where = known.length() == 0 ? "" : " [" + known + "]";
        return problem + where + (hint == null ? "" : "; " + hint);
    }

    private static void append(StringBuilder text, String label, @Nullable String value) {
        if (value != null) {
            text.append(text.length() == 0 ? "" : ", ").append(label).append(value);
        }
    }
}
