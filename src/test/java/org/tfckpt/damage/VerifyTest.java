package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.Checkpoints.problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.format.table.BlockBuilder;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.RawTable.RawBlock;

class VerifyTest {
    @TempDir
    Path directory;

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void countsWhatWasGoneThrough() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("v", 1, 2, 3)
                .shard(1)
                .strings("s", "hello", "world")
                .floats("nothing", new long[] {0}));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.verify(problem -> {
                        throw new AssertionError(problem);
                    }))
                    .isEqualTo(new Checkpoint.Verification(3, 12 + 16, 0));
        }
    }

    @Test
    void goesOnAndReportsEveryProblemWithItsKind() throws IOException {
        BundleBuilder bundle = new BundleBuilder().layout(512, 16, false);
        for (int i = 0; i < 60; i++) {
            bundle.floats("t%02d".formatted(i), i);
        }
        bundle.entry("t01", entry -> entry.setCrc32C(1))
                .entry("t02", entry -> entry.setSize(8))
                .entry("t03", entry -> entry.setShape(BundleBuilder.shape(-1)))
                .entry("t04", entry -> entry.setDtypeValue(99))
                .entry("t05", entry -> entry.setOffset(1 << 20))
                .entry("t06", entry -> entry.setShardId(-3))
                .entry("t58", entry -> entry.setShardId(9))
                .record("t59x", new byte[] {(byte) 0xff})
                .table(table -> table.block(1, block -> block.withType(2)));
        Path prefix = write(bundle);

        assertThat(problems(prefix))
                .satisfiesExactly(
                        p -> assertThat(p)
                                .startsWith("tensor-checksum t01 the bytes of the tensor do not match their checksum"),
                        p -> assertThat(p).startsWith("size t02 the size in the entry does not fit dtype and shape"),
                        p -> assertThat(p).startsWith("shape t03 no tensor can have the shape [-1]"),
                        p -> assertThat(p).startsWith("dtype t04 a checkpoint cannot contain unknown dtype enum (99)"),
                        p -> assertThat(p).startsWith("truncated t05 the file ends before the bytes to be read"),
                        p -> assertThat(p).startsWith("shard t06 the entry refers to a data file that cannot exist"),
                        p -> assertThat(p).startsWith("table - a block is of an unknown type"),
                        p -> assertThat(p)
                                .startsWith("shard t58 the entry names shard 9, the header states a shard count of 1"),
                        p -> assertThat(p).startsWith("missing-file t58 "),
                        p -> assertThat(p).startsWith("entry t59x the entry of the tensor cannot be parsed"));
    }

    @Test
    void aMissingShardIsReportedForEachOfItsTensors() throws IOException {
        Path prefix =
                write(new BundleBuilder().floats("a", 1).shard(1).floats("b", 2).floats("c", 3));
        Path missing = BundleBuilder.data(prefix, 1, 2);
        Files.delete(missing);
        assertThat(problems(prefix))
                .containsExactly(
                        "missing-file b the data file does not exist", "missing-file c the data file does not exist");
    }

    @Test
    void aTruncatedShard() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("a", 1, 2).floats("b", 3, 4);
        Path prefix = write(bundle);
        Files.write(BundleBuilder.data(prefix, 0, 1), Arrays.copyOf(bundle.data(0), 13));
        assertThat(problems(prefix))
                .containsExactly(
                        "truncated b the file ends before the bytes to be read (expected 8 bytes, found a file of 13 bytes)");
    }

    @Test
    void aDamagedTensorIsReportedOnceAndItsBytesAreItsOwn() throws IOException {
        BundleBuilder bundle = new BundleBuilder()
                .floats("a", 1)
                .floats("b", 2, 3)
                .strings("s", "x", "y")
                .floats("z", 4);
        Path prefix = write(bundle);
        flip(BundleBuilder.data(prefix, 0, 1), 6);
        flip(BundleBuilder.data(prefix, 0, 1), 19);
        assertThat(problems(prefix))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("tensor-checksum b the bytes of the tensor do not match"),
                        p -> assertThat(p).startsWith("tensor-checksum s the bytes of the tensor do not match"));
    }

    @Test
    void damagedLengthsAreReportedOnce() throws IOException {
        Path prefix =
                write(new BundleBuilder().floats("a", 1).strings("s", "x", "y").floats("z", 4));
        flip(BundleBuilder.data(prefix, 0, 1), 7);
        assertThat(problems(prefix))
                .satisfiesExactly(p -> assertThat(p).startsWith("string-lengths s The length checksum does not match"));
    }

    @Test
    void overlappingTensors() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("a", 1, 1, 1)
                .floats("b", 1, 1)
                .entry("b", entry -> entry.setOffset(4))
                .floats("c", 5));
        assertThat(problems(prefix))
                .containsExactly(
                        "overlap - 8 bytes belong to more than one tensor",
                        "unused-bytes - 8 bytes belong to no tensor and are not all zero");
    }

    @Test
    void bytesOfNoTensor() throws IOException {
        Path prefix = write(new BundleBuilder()
                .filler(new byte[] {0, 0, 0, 1})
                .floats("a", 1)
                .filler(new byte[100])
                .floats("b", 2)
                .filler(new byte[] {9}));
        assertThat(problems(prefix))
                .containsExactly(
                        "unused-bytes - 4 bytes belong to no tensor and are not all zero",
                        "unused-bytes - 1 bytes belong to no tensor and are not all zero");
    }

    @Test
    void twoTensorsOfTheSameBytes() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("a", 1)
                .record("b", new BundleBuilder().floats("x", 1).entryBytes("x")));
        assertThat(problems(prefix)).containsExactly("overlap - 4 bytes belong to more than one tensor");
    }

    @Test
    void keysOutOfOrder() throws IOException {
        Path prefix = write(
                new BundleBuilder().floats("b", 1).floats("a", 2).floats("a", 3).unsorted());
        assertThat(problems(prefix))
                .containsExactly(
                        "key-order - key 'a' is not greater than the previous key",
                        "key-order - key 'a' is not greater than the previous key");
    }

    @Test
    void aHeaderTwice() throws IOException {
        byte[] header = {8, 1};
        Path prefix = write(
                new BundleBuilder().record(new byte[0], header).floats("a", 1).unsorted());
        assertThat(problems(prefix)).containsExactly("key-order - key '' is not greater than the previous key");
    }

    @Test
    void aBlockThatTheIndexNamesTwice() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("a", 1)
                .table(table -> table.index(made -> {
                    BlockBuilder index = new BlockBuilder(1);
                    byte[] handle = RawTable.handle(0, table.blocks().get(0).stored().length);
                    index.add(new byte[] {'x'}, handle);
                    index.add(new byte[] {'y'}, handle);
                    return made.withStored(index.contents());
                })));
        assertThat(problems(prefix)).anyMatch(p -> p.matches("table - [0-9]+ bytes belong to more than one block"));
    }

    @Test
    void bytesOfNoBlockAndAFooterThatHoldsMore() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("a", 1);
        Path prefix = write(bundle);
        Path index = directory.resolve("ckpt.index");
        byte[] right = Files.readAllBytes(index);
        byte[] wrong = right.clone();
        wrong[wrong.length - 12] = 1;
        Files.write(index, wrong);
        assertThat(problems(prefix))
                .containsExactly("table - the footer holds more than two block handles, zeros and the magic number");
        byte[] longer = new byte[right.length + 4];
        System.arraycopy(right, 0, longer, 0, right.length - 48);
        Arrays.fill(longer, right.length - 48, right.length - 44, (byte) 'x');
        System.arraycopy(right, right.length - 48, longer, right.length - 44, 48);
        Files.write(index, longer);
        assertThat(problems(prefix)).containsExactly("table - 4 bytes belong to no block and are not all zero");
    }

    @Test
    void separatorsThatDoNotSeparate() throws IOException {
        BundleBuilder bundle = new BundleBuilder().layout(128, 16, false);
        for (int i = 0; i < 10; i++) {
            bundle.floats("t" + i, i);
        }
        byte[] low = {'A'};
        byte[] high = {'z'};
        Path prefix = write(bundle.table(table -> table.block(0, block -> block.withIndexKey(low))));
        assertThat(problems(prefix))
                .containsExactly("key-order - last key of the block is greater than its index key 'A'");
        prefix = write(bundle.table(table -> table.block(0, block -> block.withIndexKey(high))));
        assertThat(problems(prefix))
                .containsExactly(
                        "key-order - index key 'u' is less than an earlier key",
                        "key-order - key 't7' belongs to an earlier block");
    }

    @Test
    void aRestartPointInTheMiddleOfAnEntry() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("v", 1)
                .table(table -> table.block(0, block -> {
                    byte[] stored = block.stored().clone();
                    stored[stored.length - 8] = 1;
                    return block.withStored(stored);
                })));
        // A lookup fails, a listing does not.
        assertThat(problems(prefix)).singleElement().asString().startsWith("table - an entry of a block is malformed");
    }

    @Test
    void entriesBehindNoRestartPoint() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("a", 1);
        RawBlock hidden = new RawBlock(
                new byte[] {'z'},
                new BundleBuilder().rawHeader(null).floats("b", 1).block(0),
                0);
        byte[] withoutRestarts = Arrays.copyOf(hidden.stored(), hidden.stored().length - 4);
        Arrays.fill(withoutRestarts, withoutRestarts.length - 4, withoutRestarts.length, (byte) 0);
        Path prefix = write(bundle.table(table -> table.add(hidden.withStored(withoutRestarts))));
        assertThat(problems(prefix)).singleElement().asString().startsWith("table - an entry of a block is malformed");
    }

    @Test
    void aMetaindexBlockThatIsNotEmpty() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("v", 1)
                .table(table -> table.metaindex(
                        block -> block.withStored(table.blocks().get(0).stored()))));
        assertThat(problems(prefix)).singleElement().asString().startsWith("table - an entry of a block is malformed");
        prefix = write(new BundleBuilder().floats("v", 1).table(table -> table.metaindex(block -> block.withType(9))));
        assertThat(problems(prefix)).singleElement().asString().startsWith("table - a block is of an unknown type");
    }

    @Test
    void everyByteOfEveryShardIsHeldAgainstSomething() throws IOException {
        BundleBuilder bundle = new BundleBuilder()
                .floats("a", 1, 2)
                .strings("s", "hello", "", "world")
                .tensor("c", DataType.DT_UINT8, new long[] {3}, new byte[] {1, 2, 3})
                .strings("empty", new long[] {0});
        Path prefix = write(bundle);
        Path data = BundleBuilder.data(prefix, 0, 1);
        for (int at = 0; at < bundle.data(0).length; at++) {
            flip(data, at);
            assertThat(problems(prefix)).as("byte %d flipped", at).isNotEmpty();
            flip(data, at);
        }
        assertThat(problems(prefix)).isEmpty();
    }

    @Test
    void everyByteOfTheIndexIsHeldAgainstSomething() throws IOException {
        BundleBuilder bundle = new BundleBuilder().layout(96, 4, false);
        for (int i = 0; i < 12; i++) {
            bundle.floats("t%02d".formatted(i), i);
        }
        Path prefix = write(bundle);
        Path index = directory.resolve("ckpt.index");
        byte[] right = bundle.index();
        // The footer's padding is the one part that nobody reads.
        for (int at = 0; at < right.length - 48; at++) {
            flip(index, at);
            boolean found;
            try {
                found = !problems(prefix).isEmpty();
            } catch (CheckpointException e) {
                found = true;
            }
            assertThat(found).as("byte %d flipped", at).isTrue();
            flip(index, at);
        }
    }
}
