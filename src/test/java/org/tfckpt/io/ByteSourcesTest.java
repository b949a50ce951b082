package org.tfckpt.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;

/** One contract, three ways to hold it. */
class ByteSourcesTest {
    private static final byte[] BYTES = "0123456789abcdef".getBytes(US_ASCII);

    @TempDir
    Path directory;

    enum Way {
        MAPPED,
        CHANNEL,
        UNMAPPABLE
    }

    private interface Body {
        void run(ByteSource source) throws Exception;
    }

    private void with(Way way, byte[] bytes, Body body) throws Exception {
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            Path file = way == Way.UNMAPPABLE ? memory.getPath("file") : directory.resolve("file");
            Files.write(file, bytes);
            try (ByteSource source =
                    way == Way.CHANNEL ? ByteSources.channel(file) : ByteSources.open(file, FileAccess.MAPPED)) {
                assertThat(source).isInstanceOf(way == Way.CHANNEL ? ChannelSource.class : LazilyMappedSource.class);
                assertThat(source.name()).isEqualTo(file.toString());
                body.run(source);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsRanges(Way way) throws Exception {
        with(way, BYTES, source -> {
            assertThat(source.size()).isEqualTo(16);
            for (int offset = 0; offset <= 16; offset++) {
                for (int length = 0; length <= 16 - offset; length++) {
                    String expected = new String(BYTES, offset, length, US_ASCII);
                    ByteBuffer read = source.read(offset, length);
                    assertThat(read.position()).isZero();
                    assertThat(read.limit()).isEqualTo(length);
                    assertThat(read.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
                    assertThat(text(read)).isEqualTo(expected);

                    ByteBuffer target =
                            ByteBuffer.allocate(length + 2).position(1).limit(length + 1);
                    source.readInto(offset, target);
                    assertThat(target.hasRemaining()).isFalse();
                    assertThat(text(target.flip().position(1))).isEqualTo(expected);

                    ByteArrayOutputStream parts = new ByteArrayOutputStream();
                    source.forEach(offset, length, part -> parts.writeBytes(bytes(part)));
                    assertThat(parts).hasToString(expected);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void readsRunsAtEqualDistances(Way way) throws Exception {
        with(way, BYTES, source -> {
            byte[] target = new byte[7];
            source.readRuns(3, 5, 2, 3, target);
            assertThat(new String(target, US_ASCII)).isEqualTo("3489de\0");
            source.readRuns(0, 5, 3, 0, target);
            assertThat(new String(target, US_ASCII)).isEqualTo("3489de\0");
        });
    }

    @ParameterizedTest
    @EnumSource
    void rejectsRunsOutsideTheFile(Way way) throws Exception {
        with(way, BYTES, source -> {
            source.readRuns(1, 7, 1, 3, new byte[3]);
            assertTruncated(() -> source.readRuns(2, 7, 1, 3, new byte[3]));
            assertTruncated(() -> source.readRuns(1, 7, 2, 3, new byte[6]));
            assertTruncated(() -> source.readRuns(-1, 7, 1, 3, new byte[3]));
        });
    }

    @Test
    void readsRunsThatSpanWindowsOfAMapping() throws Exception {
        long border = 1L << 30;
        Path file = directory.resolve("sparse");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.seek(border - 8);
            sparse.write(BYTES);
        }
        try (ByteSource source = ByteSources.open(file, FileAccess.MAPPED)) {
            byte[] target = new byte[12];
            source.readRuns(border - 7, 4, 4, 3, target);
            assertThat(new String(target, US_ASCII)).isEqualTo("123456789abc");
        }
    }

    private static String text(ByteBuffer buffer) {
        return new String(bytes(buffer), US_ASCII);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource
    void rejectsRangesOutsideTheFile(Way way) throws Exception {
        with(way, BYTES, source -> {
            long[][] ranges = {
                {0, 17},
                {16, 1},
                {17, 0},
                {-1, 1},
                {-1, 0},
                {Long.MAX_VALUE, 1},
                {Long.MAX_VALUE, 0},
                {Long.MIN_VALUE, 16}
            };
            for (long[] range : ranges) {
                int length = (int) range[1];
                assertTruncated(() -> source.read(range[0], length));
                assertTruncated(() -> source.readInto(range[0], ByteBuffer.allocate(length)));
                assertTruncated(() -> source.forEach(range[0], length, part -> {}));
                assertTruncated(() -> source.requireRange(range[0], length));
            }
            assertTruncated(() -> source.forEach(1, Long.MAX_VALUE, part -> {}));
            assertTruncated(() -> source.read(0, Integer.MAX_VALUE));
        });
    }

    private interface Read {
        void run() throws IOException;
    }

    private static void assertTruncated(Read read) {
        assertThatExceptionOfType(DataLossException.class)
                .isThrownBy(read::run)
                .withMessageStartingWith(
                        "the file ends before the bytes to be read (TensorFlow: \"Read less bytes than requested\") [file ")
                .matches(damage -> damage.kind() == ProblemKind.TRUNCATED);
    }

    @ParameterizedTest
    @EnumSource(names = {"MAPPED", "UNMAPPABLE"})
    void aFewSmallReadsMapNothing(Way way) throws Exception {
        with(way, BYTES, source -> {
            LazilyMappedSource late = (LazilyMappedSource) source;
            assertThat(text(source.read(3, 2))).isEqualTo("34");
            assertThat(late.isMapped()).isFalse();
            for (int i = 0; i < 20; i++) {
                assertThat(text(source.read(1, 3))).isEqualTo("123");
            }
            assertThat(late.isMapped()).isEqualTo(way == Way.MAPPED);
        });
        with(way, new byte[10_000], source -> {
            assertThat(source.read(1, 9_000).remaining()).isEqualTo(9_000);
            assertThat(((LazilyMappedSource) source).isMapped()).isEqualTo(way == Way.MAPPED);
        });
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyFileIsEmpty(Way way) throws Exception {
        with(way, new byte[0], source -> {
            assertThat(source.size()).isZero();
            assertThat(source.read(0, 0).hasRemaining()).isFalse();
            assertTruncated(() -> source.read(0, 1));
        });
    }

    @ParameterizedTest
    @EnumSource
    void isClosed(Way way) throws Exception {
        with(way, BYTES, source -> {
            ByteBuffer before = source.read(3, 4);
            source.close();
            source.close();
            assertThatIllegalStateException().isThrownBy(source::size).withMessageEndingWith(" is closed");
            assertThatIllegalStateException().isThrownBy(() -> source.read(0, 1));
            assertThatIllegalStateException().isThrownBy(() -> source.read(0, 0));
            assertThatIllegalStateException().isThrownBy(() -> source.readInto(0, ByteBuffer.allocate(1)));
            assertThatIllegalStateException().isThrownBy(() -> source.forEach(0, 1, part -> {}));
            assertThat(text(before)).isEqualTo("3456");
        });
    }

    @Test
    void reportsBytesTruncatedAfterOpening() throws Exception {
        for (Way way : Way.values()) {
            if (way != Way.UNMAPPABLE) {
                with(way, BYTES, source -> {
                    try (var channel = Files.newByteChannel(directory.resolve("file"), StandardOpenOption.WRITE)) {
                        channel.truncate(8);
                    }
                    // A mapping may believe what it saw some microseconds ago.
                    Thread.sleep(1);
                    assertThat(text(source.read(0, 8))).isEqualTo("01234567");
                    assertTruncated(() -> source.read(4, 8));
                    assertTruncated(() -> source.forEach(0, 16, part -> {}));
                });
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MAPPED", "CHANNEL"})
    void closingDuringAReadThrowsAClearException(Way way) throws Exception {
        long border = 1L << 30;
        Path file = directory.resolve("sparse");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(border + (1 << 20));
        }
        try (ByteSource source =
                way == Way.MAPPED ? ByteSources.open(file, FileAccess.MAPPED) : ByteSources.channel(file)) {
            assertClosedDuringRead(source, border - 4, 1 << 20);
        }
    }

    private static void assertClosedDuringRead(ByteSource source, long offset, long length) {
        assertThatIllegalStateException()
                .isThrownBy(() -> source.forEach(offset, length, part -> source.close()))
                .withMessageContaining("closed");
    }

    @Test
    void anInterruptedThreadClosesTheChannelAsJavaDoes() throws Exception {
        with(Way.CHANNEL, BYTES, source -> {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(() -> source.read(0, 4));
            assertThat(Thread.interrupted()).isTrue();
        });
    }
}
