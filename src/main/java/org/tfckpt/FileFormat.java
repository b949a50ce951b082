package org.tfckpt;

import java.nio.file.Path;
import java.util.Locale;

/** A file format that tensors are written in. */
public enum FileFormat {
    /** A V2 checkpoint of TensorFlow. */
    V2,
    /** A safetensors file, or a set of them with an index. */
    SAFETENSORS,
    /** An archive of arrays of NumPy. */
    NPZ,
    /** A single array of NumPy. */
    NPY;

    /**
     * Returns the format that the suffix of a file name selects.
     *
     * @param path the path of a file
     * @return {@link #V2} unless the name ends in {@code .safetensors}, {@code .npz} or {@code .npy}
     */
    public static FileFormat ofSuffix(Path path) {
        String name = String.valueOf(path.getFileName());
        for (FileFormat format : values()) {
            if (format != V2 && name.endsWith("." + format)) {
                return format;
            }
        }
        return V2;
    }

    /** {@return the name of the format in lower case, which is also the suffix of files} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
