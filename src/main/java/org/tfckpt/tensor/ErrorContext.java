package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/**
 * The context of an error: where it occurred, what was expected and found, TensorFlow's text for the same error, and a
 * hint. Every exception of this library has one.
 *
 * @param file the file, or null
 * @param offset the offset in the file, in bytes; −1 if unknown
 * @param tensor the name of the tensor, or null
 * @param expected what was expected, or null
 * @param found what was found, or null
 * @param hint what the user can try, or null
 * @param tensorFlow the text that TensorFlow prints for this error, for which people search; or null
 */
public record ErrorContext(
        @Nullable String file,
        long offset,
        @Nullable String tensor,
        @Nullable String expected,
        @Nullable String found,
        @Nullable String hint,
        @Nullable String tensorFlow) {
    /** An empty context. */
    public static final ErrorContext NONE = new ErrorContext(null, -1, null, null, null, null, null);

    /**
     * Creates a context with a place in a file.
     *
     * @param file the file
     * @param offset the offset in bytes; −1 for the whole file
     * @return the context
     */
    public static ErrorContext at(String file, long offset) {
        return new ErrorContext(file, offset, null, null, null, null, null);
    }

    /**
     * Creates a context with a hint.
     *
     * @param hint what the user can try
     * @return the context
     */
    public static ErrorContext hint(String hint) {
        return new ErrorContext(null, -1, null, null, null, hint, null);
    }

    /**
     * {@return a copy of this context with a tensor}
     *
     * @param name the name of the tensor, or null
     */
    public ErrorContext ofTensor(@Nullable String name) {
        return new ErrorContext(file, offset, name, expected, found, hint, tensorFlow);
    }

    /**
     * {@return a copy of this context with an expected and a found value}
     *
     * @param wanted what was expected
     * @param seen what was found
     */
    public ErrorContext mismatch(Object wanted, Object seen) {
        return new ErrorContext(file, offset, tensor, wanted.toString(), seen.toString(), hint, tensorFlow);
    }

    /**
     * {@return a copy of this context with a hint}
     *
     * @param advice what the user can try
     */
    public ErrorContext withHint(String advice) {
        return new ErrorContext(file, offset, tensor, expected, found, advice, tensorFlow);
    }

    /**
     * {@return a copy of this context with TensorFlow's text for the error}
     *
     * @param text the text, or null
     */
    public ErrorContext withTensorFlow(@Nullable String text) {
        return new ErrorContext(file, offset, tensor, expected, found, hint, text);
    }

    /** Returns the message of an exception: the problem, TensorFlow's text, the context in brackets, the hint. */
    String describe(String problem) {
        StringBuilder known = new StringBuilder();
        append(known, "file ", file);
        append(known, "offset ", offset < 0 ? null : "0x" + Long.toHexString(offset));
        append(known, "tensor ", tensor == null ? null : "'" + TensorNames.printable(tensor) + "'");
        append(known, "expected ", expected);
        append(known, "found ", found);
        String where = known.length() == 0 ? "" : " [" + known + "]";
        String words = tensorFlow == null ? "" : " (TensorFlow: \"" + tensorFlow + "\")";
        return problem + words + where + (hint == null ? "" : "; " + hint);
    }

    private static void append(StringBuilder text, String label, @Nullable String value) {
        if (value != null) {
            text.append(text.length() == 0 ? "" : ", ").append(label).append(value);
        }
    }
}
