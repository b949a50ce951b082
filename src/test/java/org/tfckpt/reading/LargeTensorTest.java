package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.tfckpt.testing.Checkpoints.damage;
import static org.tfckpt.testing.Checkpoints.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Values;

/** A tensor of more than 2 GiB in a sparse file, and others at the boundaries of mapped windows. */
class LargeTensorTest {
    private static final long WINDOW = 1L << 30;
    private static final long START = 100;
    private static final long SIZE = (1L << 31) + (1L << 26) + 4;

    @TempDir
    static Path directory;

    private static Path prefix;

    @BeforeAll
    static void write() throws IOException {
        BundleBuilder bundle = new BundleBuilder().filler(new byte[(int) START]);
        bundle.tensor("large", DataType.DT_UINT8, new long[0], new byte[0])
                .entry(
                        "large",
                        entry -> entry.setShape(BundleBuilder.shape(SIZE / 4, 4))
                                .setSize(SIZE)
                                .setCrc32C(checksum()));
        // These tensors share bytes, which reading allows.
        float[] values = {1, 2, 3, 4};
        for (long window = 1; window <= 2; window++) {
            long offset = window * WINDOW - 8;
            bundle.record(
                    "border" + window,
                    new BundleBuilder()
                            .floats("x", values)
                            .entry("x", e -> e.setOffset(offset))
                            .entryBytes("x"));
        }
        prefix = bundle.write(directory.resolve("ckpt"));
        try (FileChannel file = FileChannel.open(BundleBuilder.data(prefix, 0, 1), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {7}), START);
            file.write(ByteBuffer.wrap(new byte[] {9}), START + SIZE - 1);
            file.write(ByteBuffer.wrap(Values.floats(values)), WINDOW - 8);
            file.write(ByteBuffer.wrap(Values.floats(values)), 2 * WINDOW - 8);
        }
    }

    /** The file contains 7, zeros, four floats around each boundary, zeros, and 9. */
    private static int checksum() {
        CRC32C crc = new CRC32C();
        crc.update(7);
        zeros(crc, WINDOW - 8 - START - 1);
        crc.update(Values.floats(1, 2, 3, 4));
        zeros(crc, WINDOW - 16);
        crc.update(Values.floats(1, 2, 3, 4));
        zeros(crc, START + SIZE - 1 - (2 * WINDOW + 8));
        crc.update(9);
        return MaskedCrc32c.mask((int) crc.getValue());
    }

    private static void zeros(CRC32C crc, long count) {
        byte[] zeros = new byte[1 << 20];
        for (long left = count; left > 0; left -= zeros.length) {
            crc.update(zeros, 0, (int) Math.min(left, zeros.length));
        }
    }

    @Test
    void isComparedWithItsChecksumInBothWays() throws IOException {
        long size = read(prefix, "large", Tensor::byteSize);
        assertThat(size).isEqualTo(SIZE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void isReadInPartsFromAnyPlace(boolean mapped) throws IOException {
        ReadOptions way = mapped ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping();
        ReadOptions options = way.withoutChecksums();
        try (Checkpoint checkpoint = Checkpoint.open(prefix, options)) {
            Tensor large = checkpoint.tensor("large");
            assertPart(large, 0, "0700000000");
            assertPart(large, SIZE - 5, "0000000009");
            assertPart(large, WINDOW - START - 9, "000000803f");
            assertPart(large, WINDOW - START - 2, "0040000040");
            assertPart(large, 2 * WINDOW - START - 2, "0040000040");
            assertPart(large, SIZE, "");
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> large.read(SIZE - 4, ByteBuffer.allocate(5)));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> large.read(-1, ByteBuffer.allocate(5)));
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> large.read(Long.MAX_VALUE, ByteBuffer.allocate(5)));
        }
    }

    private static void assertPart(Tensor tensor, long offset, String expected) throws IOException {
        for (ByteBuffer target : new ByteBuffer[] {
            ByteBuffer.allocate(expected.length() / 2), ByteBuffer.allocateDirect(expected.length() / 2)
        }) {
            tensor.read(offset, target);
            assertThat(target.hasRemaining()).isFalse();
            assertThat(Values.hex(target.flip())).isEqualTo(expected);
        }
    }

    @Test
    void isWalkedInPartsOfWholeElements() throws IOException {
        for (ReadOptions way : Checkpoints.WAYS) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix, way.withoutChecksums())) {
                CRC32C crc = new CRC32C();
                long[] seen = {0};
                checkpoint.tensor("large").forEachPart(part -> {
                    assertThat(part.isReadOnly()).isTrue();
                    assertThat(part.position()).isZero();
                    seen[0] += part.remaining();
                    assertThat(seen[0] % 16 == 0 || seen[0] == SIZE).isTrue();
                    crc.update(part);
                });
                assertThat(seen[0]).isEqualTo(SIZE);
                assertThat(MaskedCrc32c.mask((int) crc.getValue())).isEqualTo(checksum());
            }
        }
    }

    @Test
    void doesNotFitABufferAndSaysWhatDoes() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix, ReadOptions.DEFAULT.withoutChecksums())) {
            Tensor large = checkpoint.tensor("large");
            assertThatIllegalStateException()
                    .isThrownBy(large::asByteBuffer)
                    .withMessageContaining("2214592516 bytes")
                    .withMessageContaining("use read or forEachPart");
            assertThatIllegalStateException().isThrownBy(large::toIntArray);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"border1", "border2"})
    void aTensorOnTheBorderOfTwoWindows(String name) throws IOException {
        assertThat(read(prefix, name, Tensor::toFloatArray)).containsExactly(1, 2, 3, 4);
        assertThat(read(prefix, name, Tensor::asFloatBuffer).get(2)).isEqualTo(3);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.tensor(name).asByteBuffer().isDirect()).isTrue();
        }
    }

    @Test
    void aRangeThatPassesTheEndOfALargeFile() {
        Path cut = new BundleBuilder()
                .floats("x", 1)
                .entry(
                        "x",
                        entry -> entry.setShape(BundleBuilder.shape(SIZE))
                                .setDtypeValue(4)
                                .setSize(SIZE))
                .write(directory.resolve("cut"));
        assertThat(damage(cut, "x", Tensor::byteSize).kind()).isEqualTo(ProblemKind.TRUNCATED);
    }
}
