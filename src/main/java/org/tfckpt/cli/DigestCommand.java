package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import org.tfckpt.Checkpoint;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code digest}: a fingerprint a tensor. */
@Command(
        name = "digest",
        description = "Prints SHA-256 and name of each tensor, as sha256sum does for files: over the elements in"
                + " row-major order, little-endian, whatever the file's byte order or slicing; a string element counts"
                + " as its length (8 bytes, little-endian) and its bytes.",
        footer = {"", "Example: tfckpt digest log/model.ckpt-122543 > before.txt"})
final class DigestCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "CHECKPOINT", description = "Whose tensors.")
    private Path path = Path.of("");

    @Mixin
    private NameFilter filter = new NameFilter();

    @Mixin
    private CommonOptions common = new CommonOptions();

    DigestCommand(Console console) {
        this.console = console;
    }

    DigestCommand(Console console, Path path) {
        this(console);
        this.path = path;
    }

    @Override
    public Integer call() throws IOException {
        boolean intact = true;
        try (Checkpoint checkpoint = Checkpoint.open(path, common.readOptions())) {
            Iterator<TensorInfo> tensors = checkpoint.tensorIterator();
            while (tensors.hasNext()) {
                TensorInfo info = tensors.next();
                if (filter.accepts(info.name())) {
                    intact &= digest(checkpoint, info);
                }
            }
        }
        return intact ? 0 : 1;
    }

    private boolean digest(Checkpoint checkpoint, TensorInfo info) throws IOException {
        try {
            console.out().text(line(TensorDigest.sha256(checkpoint.tensor(info)), info.name()));
            return true;
        } catch (DataLossException e) {
            console.err().println("tfckpt: " + Failures.describe(e));
            return false;
        }
    }

    /** As sha256sum prints it: names that would break the line are escaped, with a backslash before the digest. */
    private static String line(String digest, String name) {
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + digest + "  " + escaped + "\n";
    }
}
