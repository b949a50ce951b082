package org.tfckpt.testing;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.proto.DataType;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.proto.VersionDef;

/** Writes checkpoints of many tensors or many bytes in little memory. */
public final class LargeCheckpoints {
    private static final int ZEROS = 1 << 20;

    private LargeCheckpoints() {}

    /**
     * Writes tensors of zeros. The data file is sparse, so it occupies no disk space.
     *
     * @param prefix the prefix of the checkpoint
     * @param count the number of tensors, named {@code scope/tensor_0000000} and so on
     * @param elements the number of floats of each
     */
    public static void ofZeros(Path prefix, int count, long elements) throws IOException {
        long size = 4 * elements;
        int crc = crcOfZeros(size);
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(sibling(prefix, ".index")))) {
            TableBuilder table = new TableBuilder(file);
            table.add(new byte[0], header());
            for (int i = 0; i < count; i++) {
                BundleEntryProto entry = BundleEntryProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setShape(TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dim.newBuilder().setSize(elements)))
                        .setOffset(i * size)
                        .setSize(size)
                        .setCrc32C(crc)
                        .build();
                table.add(name(i).getBytes(StandardCharsets.UTF_8), entry.toByteArray());
            }
            table.finish();
        }
        try (RandomAccessFile data =
                new RandomAccessFile(sibling(prefix, ".data-00000-of-00001").toFile(), "rw")) {
            data.setLength(count * size);
        }
    }

    /** Returns the name of a tensor. */
    public static String name(int index) {
        return String.format(Locale.ROOT, "scope/tensor_%07d", index);
    }

    private static byte[] header() {
        return BundleHeaderProto.newBuilder()
                .setNumShards(1)
                .setVersion(VersionDef.newBuilder().setProducer(1))
                .build()
                .toByteArray();
    }

    private static int crcOfZeros(long size) {
        CRC32C crc = new CRC32C();
        ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
        for (long done = 0; done < size; done += ZEROS) {
            crc.update(zeros.clear().limit((int) Math.min(ZEROS, size - done)));
        }
        return MaskedCrc32c.mask((int) crc.getValue());
    }

    private static Path sibling(Path prefix, String suffix) {
        return prefix.resolveSibling(prefix.getFileName() + suffix);
    }
}
