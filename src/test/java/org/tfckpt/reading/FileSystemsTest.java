package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Values;

/** Results do not depend on whether the file system supports mapping, or on whether it is used. */
class FileSystemsTest {
    @TempDir
    Path directory;

    private static BundleBuilder bundle() {
        BundleBuilder bundle = new BundleBuilder().layout(512, 16, true);
        Values.fixedWidthTypes()
                .forEach(type -> bundle.shard(type.number() % 3)
                        .tensor(
                                type.shortName(),
                                type,
                                new long[] {3, 5},
                                Values.random(type.number(), 15 * type.width())));
        return bundle.strings("strings", "a", "", "größe")
                .tensor("large", DataType.DT_DOUBLE, new long[] {200_000}, Values.random(3, 1_600_000))
                .floats("empty", new long[] {0});
    }

    /** All that the API returns for a checkpoint, as text. */
    private static List<String> everything(Path prefix, ReadOptions options) throws IOException {
        List<String> answers = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(prefix, options)) {
            answers.add(checkpoint.format() + checkpoint.byteOrder() + checkpoint.shardCount());
            for (TensorInfo info : checkpoint.tensors().toList()) {
                Tensor tensor = checkpoint.tensor(info.name());
                answers.add(info + " " + info.storage() + " " + TensorDigest.sha256(tensor));
                if (tensor.dtype() != DataType.DT_STRING) {
                    ByteBuffer part = ByteBuffer.allocate((int) Math.min(7, tensor.byteSize()));
                    tensor.read(tensor.byteSize() - part.capacity(), part);
                    answers.add(Values.hex(part.flip()) + tensor.asByteBuffer().hashCode());
                }
            }
            checkpoint.verify(problem -> answers.add(problem.toString()));
        }
        return answers;
    }

    private static void assertSameAnswers(Path prefix, List<String> expected) throws IOException {
        for (ReadOptions way : Checkpoints.WAYS) {
            assertThat(everything(prefix, way)).isEqualTo(expected);
            assertThat(everything(prefix, way.withoutChecksums())).isEqualTo(expected);
        }
    }

    @Test
    void everyFileSystemAndBothWaysGiveTheSameAnswers() throws IOException {
        Path onDisk = bundle().write(directory.resolve("ckpt"));
        List<String> expected = everything(onDisk, ReadOptions.DEFAULT);
        assertThat(expected).hasSizeGreaterThan(60);
        assertSameAnswers(onDisk, expected);

        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            assertSameAnswers(bundle().write(memory.getPath("ckpt")), expected);
        }
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("bundle.zip"), Map.of("create", "true"))) {
            Files.createDirectory(zip.getPath("/log"));
            bundle().write(zip.getPath("/log/ckpt"));
        }
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("bundle.zip"))) {
            assertSameAnswers(zip.getPath("/log/ckpt"), expected);
            assertSameAnswers(zip.getPath("log", "ckpt.index"), expected);
        }
    }

    @Test
    void damageIsTheSameEverywhere() throws IOException {
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            Path prefix = new BundleBuilder().floats("v", 1, 2).write(memory.getPath("ckpt"));
            Files.write(BundleBuilder.data(prefix, 0, 1), new byte[5]);
            assertThat(Checkpoints.damage(prefix, "v", Tensor::toFloatArray))
                    .hasMessage(
                            "the file ends before the bytes to be read (TensorFlow: \"Read less bytes than requested\")"
                                    + " [file ckpt.data-00000-of-00001, offset 0x0,"
                                    + " tensor 'v', expected 8 bytes, found a file of 5 bytes]");
        }
    }

    @Test
    void aFileThatShrinksWhileItIsOpenIsDamage() throws IOException {
        Path prefix = new BundleBuilder().floats("v", 1, 2, 3, 4).floats("w", 5).write(directory.resolve("ckpt"));
        for (ReadOptions way : Checkpoints.WAYS) {
            Path data = BundleBuilder.data(prefix, 0, 1);
            byte[] whole = Files.readAllBytes(data);
            try (Checkpoint checkpoint = Checkpoint.open(prefix, way)) {
                Tensor tensor = checkpoint.tensor("w");
                assertThat(tensor.toFloatArray()).containsExactly(5);
                try (var channel = Files.newByteChannel(data, StandardOpenOption.WRITE)) {
                    channel.truncate(10);
                }
                assertThat(catchThrowableOfType(DataLossException.class, tensor::toFloatArray))
                        .hasMessageContaining("Read less bytes than requested");
            }
            Files.write(data, whole);
        }
    }

    @Test
    void anEmptyDataFileIsRead() throws IOException {
        Path prefix = new BundleBuilder().floats("v", new long[] {0, 3}).write(directory.resolve("ckpt"));
        assertThat(Files.size(BundleBuilder.data(prefix, 0, 1))).isZero();
        assertThat(Checkpoints.read(prefix, "v", Tensor::toFloatArray)).isEmpty();
    }

    @Test
    void oneTensorsMappingIsNotTheOthers() throws IOException {
        BundleBuilder bundle = new BundleBuilder();
        for (int i = 0; i < 70_000; i++) {
            // More mappings than the operating system allows.
            bundle.floats("t" + i, i);
        }
        Path prefix = bundle.write(directory.resolve("ckpt"));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            List<ByteBuffer> views = new ArrayList<>();
            for (TensorInfo info : checkpoint.tensors().toList()) {
                views.add(checkpoint.tensor(info).asByteBuffer());
            }
            assertThat(views).hasSize(70_000).allMatch(ByteBuffer::isDirect);
        }
    }
}
