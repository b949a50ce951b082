package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import org.tfckpt.Checkpoint;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code digest}: prints a SHA-256 digest per tensor. */
@Command(
        name = "digest",
        header = "Print a SHA-256 digest per tensor.",
        description =
                "Prints one line per tensor, as sha256sum does: digest, two spaces, name. The digest covers the elements in"
                        + " row-major order, little-endian, so it does not depend on the byte order or the slices of"
                        + " the file. A string element is hashed as its length (8 bytes, little-endian) and its bytes.",
        footer = "Example: tfckpt digest log/model.ckpt-122543 > before.txt")
final class DigestCommand extends ToolCommand {
    @Parameters(paramLabel = "CHECKPOINT", description = "Checkpoint to read:" + CommonOptions.FORMS)
    Path path = Path.of("");

    @Mixin
    private NameFilter filter = new NameFilter();

    @Override
    public Integer call() throws IOException {
        DamageReport damage = new DamageReport(console::message);
        try (Checkpoint checkpoint = open(path)) {
            Iterator<TensorInfo> tensors = checkpoint.tensorIterator();
            while (tensors.hasNext()) {
                TensorInfo info = tensors.next();
                if (filter.accepts(info.name())) {
                    try {
                        out().text(line(TensorDigest.sha256(checkpoint.tensor(info)), info.name()));
                    } catch (DataLossException e) {
                        damage.add(e);
                    }
                }
            }
        }
        damage.finish("have no digest");
        return damage.isEmpty() ? 0 : 1;
    }

    /** Formats a line as sha256sum does: if characters of the name are escaped, a backslash precedes the digest. */
    private static String line(String digest, String name) {
        String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
        return (escaped.equals(name) ? "" : "\\") + digest + "  " + escaped + "\n";
    }
}
