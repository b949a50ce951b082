package org.tfckpt.cli;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;

/** The option {@code -o}. */
final class OutputPath {
    private OutputPath() {}

    /** Returns the path of a local file to write. */
    static Path local(String text) {
        if (RemoteFiles.isUrl(text)) {
            throw new IllegalArgumentException("-o takes a local path, not a URL; copy the files afterwards");
        }
        return Path.of(text);
    }

    /** A directory as the output would give files next to it: Path drops a separator at the end. */
    static Path of(String text, Checkpoint input) {
        Path output = local(text);
        Path directory = output.getParent();
        if (directory != null && Files.isRegularFile(directory)) {
            throw new IllegalArgumentException("cannot write '" + output + "': '" + directory + "' is not a directory");
        }
        if (text.isEmpty()) {
            throw new IllegalArgumentException("-o needs the prefix of the new checkpoint, for example 'model.ckpt'");
        }
        if (text.endsWith("/") || text.endsWith(File.separator) || Files.isDirectory(output)) {
            String name = input.prefix().substring(input.prefix().lastIndexOf(File.separatorChar) + 1);
            Path example = output.resolve(name.isEmpty() || name.contains("?") ? "model.ckpt" : name);
            throw new IllegalArgumentException("-o needs the prefix of the new checkpoint, and '" + text
                    + "' is a directory; write for example -o '" + example + "'");
        }
        return output;
    }

    /** Returns the format of a suffix. Prints a note if it is that of a format that is not written. */
    static FileFormat format(Path output, Console console) {
        FileFormat format = FileFormat.ofSuffix(output);
        if (format == FileFormat.V2
                && output.toString().matches(".*\\.(pth?|bin|h5|hdf5|keras|onnx|tflite|gguf|msgpack)")) {
            console.message("'" + output + "' becomes the prefix of a TensorFlow checkpoint; to write a file that"
                    + " PyTorch, Keras and JAX read, use the suffix .safetensors");
        }
        return format;
    }
}
