package org.tfckpt.io;

import java.io.IOException;

/**
 * Thrown for bytes that do not have the expected encoding. Callers convert it to a documented exception that names the
 * file.
 */
public final class MalformedBytesException extends IOException {
    private static final long serialVersionUID = 1;

    /** Creates an exception with a message. */
    public MalformedBytesException(String problem) {
        super(problem);
    }
}
