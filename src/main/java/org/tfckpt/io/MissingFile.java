package org.tfckpt.io;

import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Explains that a file does not exist. */
@FunctionalInterface
public interface MissingFile {
    /**
     * Returns the exception to throw.
     *
     * @param cause says which file does not exist
     * @return an exception, perhaps {@code cause} itself
     */
    IOException explain(NoSuchFileException cause);
}
