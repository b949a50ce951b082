package org.tfckpt.benchmarks;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32C;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.proto.DataType;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.proto.VersionDef;

/** A checkpoint of random floats in a temporary directory, which goes with {@link #close}. */
final class Fixture implements Closeable {
    private final Path directory;

    private Fixture(Path directory) {
        this.directory = directory;
    }

    static Fixture of(int tensors, int bytesEach) throws IOException {
        Fixture fixture = new Fixture(Files.createTempDirectory("tfckpt-benchmark"));
        byte[] content = new byte[bytesEach];
        Random random = new Random(1);
        try (FileChannel data =
                        FileChannel.open(fixture.data(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream index = new BufferedOutputStream(Files.newOutputStream(fixture.index()))) {
            TableBuilder table = new TableBuilder(index, TableBuilder.Options.DEFAULT);
            table.add(new byte[0], header());
            random.nextBytes(content);
            for (int i = 0; i < tensors; i++) {
                content[0] = (byte) i;
                CRC32C crc = new CRC32C();
                crc.update(content);
                table.add(name(i).getBytes(StandardCharsets.UTF_8), entry(i, bytesEach, (int) crc.getValue()));
                data.write(ByteBuffer.wrap(content));
            }
            table.finish();
        }
        return fixture;
    }

    private static byte[] header() {
        return BundleHeaderProto.newBuilder()
                .setNumShards(1)
                .setVersion(VersionDef.newBuilder().setProducer(1))
                .build()
                .toByteArray();
    }

    private static byte[] entry(int index, int size, int crc) {
        return BundleEntryProto.newBuilder()
                .setDtype(DataType.DT_FLOAT)
                .setShape(TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(size / Float.BYTES)))
                .setOffset((long) index * size)
                .setSize(size)
                .setCrc32C(MaskedCrc32c.mask(crc))
                .build()
                .toByteArray();
    }

    /** The name of a tensor, of the length that names of real models have. */
    static String name(int index) {
        return String.format(Locale.ROOT, "model/encoder/layer_%07d/attention/kernel", index);
    }

    Path prefix() {
        return directory.resolve("model.ckpt-1");
    }

    Path data() {
        return directory.resolve("model.ckpt-1.data-00000-of-00001");
    }

    private Path index() {
        return directory.resolve("model.ckpt-1.index");
    }

    @Override
    public void close() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
