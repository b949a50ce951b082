package org.tfckpt.io;

import java.io.IOException;

/** Bytes that are not of the encoding asked for; whoever knows their place turns it into a documented exception. */
public final class MalformedBytesException extends IOException {
    private static final long serialVersionUID = 1;

    /**
     * An exception without a place.
     *
     * @param problem what is wrong
     */
    public MalformedBytesException(String problem) {
        super(problem);
    }
}
