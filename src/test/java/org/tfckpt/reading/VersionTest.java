package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.tfckpt.testing.Checkpoints.problems;
import static org.tfckpt.testing.Checkpoints.read;
import static org.tfckpt.testing.Values.hex;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.BundleBuilder;

class VersionTest {
    @TempDir
    Path directory;

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    private Path withHeader(Consumer<BundleHeaderProto.Builder> change) {
        return write(new BundleBuilder().floats("v", 1).header(change));
    }

    private static void assertRefused(Path prefix, String problem) {
        assertThatExceptionOfType(UnsupportedFormatException.class)
                .isThrownBy(() -> Checkpoint.open(prefix))
                .withMessageStartingWith(problem)
                .withMessageContaining(".index");
    }

    private static DataLossException damageOfHeader(Path prefix) {
        DataLossException damage = catchThrowableOfType(
                DataLossException.class, () -> Checkpoint.open(prefix).close());
        assertThat(damage).isNotNull();
        assertThat(damage.kind()).isEqualTo(ProblemKind.HEADER);
        assertThat(damage.tensorFlowText())
                .startsWith(
                        "Unable to read file (" + prefix + ".index). Perhaps the file is corrupt or was produced by a"
                                + " newer version of TensorFlow with format changes (");
        return damage;
    }

    @Test
    @DisplayName("VER-01 the header as TensorFlow writes it")
    void ver01_header() throws IOException {
        Path prefix = withHeader(header -> {});
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.shardCount()).isEqualTo(1);
            assertThat(checkpoint.byteOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(checkpoint.find("")).isEmpty();
        }
        assertThat(hex(new BundleBuilder().index())).startsWith("000006" + "08011a020801");
    }

    @Test
    @DisplayName("VER-02 a min consumer above the current version")
    void ver02_minConsumer() {
        assertRefused(
                withHeader(header -> header.getVersionBuilder().setProducer(2).setMinConsumer(2)),
                "Checkpoint min consumer version 2 above current version 1 for TensorFlow");
    }

    @Test
    @DisplayName("VER-03 a producer below the least")
    void ver03_producer() {
        assertRefused(
                withHeader(header -> header.getVersionBuilder().setProducer(-1)),
                "Checkpoint producer version -1 below min producer 0 supported by TensorFlow");
    }

    @Test
    @DisplayName("VER-04 the current version among the bad consumers")
    void ver04_badConsumers() {
        assertRefused(
                withHeader(header -> header.getVersionBuilder()
                        .setProducer(2)
                        .addBadConsumers(7)
                        .addBadConsumers(1)),
                "Checkpoint disallows consumer version 1.  Please upgrade TensorFlow: this version is likely buggy.");
    }

    @Test
    @DisplayName("VER-05 a high producer, and no version at all")
    void ver05_opens() throws IOException {
        assertThat(read(
                        withHeader(header ->
                                header.getVersionBuilder().setProducer(99).addBadConsumers(2)),
                        "v",
                        Tensor::toFloatArray))
                .containsExactly(1);
        assertThat(read(withHeader(BundleHeaderProto.Builder::clearVersion), "v", Tensor::toFloatArray))
                .containsExactly(1);
    }

    @Test
    @DisplayName("VER-06 no shards by the header")
    void ver06_noShards() throws IOException {
        Path prefix = withHeader(header -> header.setNumShards(0));
        assertThat(directory.resolve("ckpt.data-00000-of-00000")).exists();
        assertThat(read(prefix, "v", Tensor::toFloatArray)).containsExactly(1);
    }

    @Test
    @DisplayName("VER-06 less than no shards")
    void ver06_negativeShards() {
        assertThat(damageOfHeader(write(new BundleBuilder().header(header -> header.setNumShards(-1))))
                        .tensorFlowText())
                .endsWith("(negative number of shards)");
    }

    @Test
    @DisplayName("VER-07 a header that cannot be parsed")
    void ver07_unparseable() {
        assertThat(damageOfHeader(write(new BundleBuilder().rawHeader(hex("ffffff"))))
                        .tensorFlowText())
                .endsWith("(unable to parse header): Entry for key  not parseable.");
    }

    @Test
    @DisplayName("VER-08 a table without entries")
    void ver08_noEntries() {
        assertThat(damageOfHeader(write(new BundleBuilder().rawHeader(null))).tensorFlowText())
                .endsWith("(failed to seek to header entry)");
    }

    @Test
    @DisplayName("VER-09 no header, so that TensorFlow would hide the first tensor")
    void ver09_noHeader() {
        DataLossException damage =
                damageOfHeader(write(new BundleBuilder().rawHeader(null).floats("v", 1)));
        assertThat(damage.tensorFlowText()).endsWith("(header entry missing)");
        assertThat(damage.context().found()).isEqualTo("'v'");
    }

    @Test
    void anUnknownByteOrderIsReadAsLittleAndVerificationComplains() throws IOException {
        Path prefix = withHeader(header -> header.setEndiannessValue(7));
        assertThat(read(prefix, "v", Tensor::toFloatArray)).containsExactly(1);
        assertThat(problems(prefix)).containsExactly("header - the header's endianness is 7, neither 0 nor 1");
    }

    @Test
    void aFailedOpeningLeavesNothingOpen() {
        Path prefix = write(new BundleBuilder().floats("v", 1).rawHeader(hex("ffffff")));
        for (int i = 0; i < 5000; i++) {
            // More than the limit of open files, if they were left open.
            damageOfHeader(prefix);
        }
    }
}
