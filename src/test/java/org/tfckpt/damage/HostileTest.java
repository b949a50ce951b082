package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.RawTable;

/** Whatever stands in a file, what comes out is the documented exceptions or a value, never anything else. */
class HostileTest {
    private static BundleBuilder bundle() {
        BundleBuilder bundle = new BundleBuilder().layout(160, 4, false);
        return bundle.floats("a", 1, 2)
                .strings("s", "hello", "", "world")
                .tensor("half", DataType.DT_HALF, new long[] {2, 1}, new byte[4])
                .shard(1)
                .floats("b", 3)
                .tensor("bool", DataType.DT_BOOL, new long[] {0, 3}, new byte[0])
                .floats("scope/name", 4)
                .floats("scope/name_1", 5);
    }

    /** Asks everything there is to ask. */
    private static void walk(Path prefix) throws IOException {
        for (ReadOptions options : List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutChecksums())) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix, options)) {
                List<TensorInfo> infos = new ArrayList<>();
                allowDocumented(() -> checkpoint.tensors().forEach(infos::add));
                for (TensorInfo info : infos) {
                    assertThat(info.toString()).isNotEmpty();
                    info.byteSize();
                    allowDocumented(() -> checkpoint.find(info.name()));
                    allowDocumented(() -> checkpoint.tensor(info.name() + "?"));
                    allowDocumented(() -> values(checkpoint.tensor(info)));
                    allowDocumented(() -> TensorDigest.sha256(checkpoint.tensor(info)));
                }
                allowDocumented(() -> checkpoint.find("scope/name"));
                checkpoint.verify(problem -> assertThat(problem.message()).isNotEmpty());
            }
        }
    }

    private static void values(Tensor tensor) throws IOException {
        if (tensor.dtype() == DataType.DT_STRING) {
            assertThat(tensor.toStringArray()).hasSize(tensor.asStringVector().size());
        } else if (tensor.dtype().isFixedWidth()) {
            ByteBuffer bytes = tensor.asByteBuffer();
            assertThat((long) bytes.remaining())
                    .isEqualTo(tensor.shape().elements() * tensor.dtype().width());
            tensor.forEachPart(part -> assertThat(part.hasRemaining()).isTrue());
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void allowDocumented(Step step) throws IOException {
        try {
            step.run();
        } catch (CheckpointException expected) {
            assertThat(expected.problem()).isNotEmpty();
        } catch (UncheckedIOException expected) {
            assertThat(expected).hasCauseInstanceOf(CheckpointException.class);
        }
    }

    private static void survives(Path prefix, byte[] index, String what) throws IOException {
        Files.write(prefix.resolveSibling("ckpt.index"), index);
        try {
            allowDocumented(() -> walk(prefix));
        } catch (IOException | RuntimeException | Error e) {
            fail(what + ": " + HexFormat.of().formatHex(index), e);
        }
    }

    private interface Body {
        void run(Path prefix) throws IOException;
    }

    private static void inMemory(Body body) throws IOException {
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            body.run(bundle().write(memory.getPath("ckpt")));
        }
    }

    @Test
    void anIndexCutOffAtEveryByte() throws IOException {
        byte[] index = bundle().index();
        inMemory(prefix -> {
            for (int length = 0; length < index.length; length++) {
                survives(prefix, Arrays.copyOf(index, length), "cut off at " + length);
                survives(prefix, Arrays.copyOfRange(index, length, index.length), "from " + length);
            }
        });
    }

    @Test
    void anIndexWithEveryByteChanged() throws IOException {
        byte[] index = bundle().index();
        inMemory(prefix -> {
            for (int at = 0; at < index.length; at++) {
                for (int change : new int[] {1, 0x80, 0xff}) {
                    byte[] changed = index.clone();
                    changed[at] ^= (byte) change;
                    survives(prefix, changed, "byte " + at + " ^ " + change);
                }
            }
        });
    }

    @Test
    void blocksWithEveryByteChangedBehindRightChecksums() throws IOException {
        byte[] index = bundle().index();
        inMemory(prefix -> {
            for (int number = -1; number < RawTable.parse(index).blocks().size(); number++) {
                RawTable table = RawTable.parse(index);
                byte[] block = number < 0
                        ? table.parsedIndex().stored()
                        : table.blocks().get(number).stored();
                for (int at = 0; at < block.length; at++) {
                    for (int change : new int[] {1, 0x80, 0xff}) {
                        byte[] changed = block.clone();
                        changed[at] ^= (byte) change;
                        survives(prefix, withBlock(index, number, changed), "block " + number + ", byte " + at);
                    }
                    survives(
                            prefix,
                            withBlock(index, number, Arrays.copyOf(block, at)),
                            "block " + number + " to " + at);
                }
            }
        });
    }

    private static byte[] withBlock(byte[] index, int number, byte[] block) {
        RawTable table = RawTable.parse(index);
        return number < 0
                ? table.index(made -> made.withStored(block)).toBytes()
                : table.block(number, stored -> stored.withStored(block)).toBytes();
    }

    @Test
    void randomChangesBehindRightChecksums() throws IOException {
        byte[] index = bundle().index();
        inMemory(prefix -> {
            for (int seed = 0; seed < 500; seed++) {
                Random random = new Random(seed);
                RawTable table = RawTable.parse(index);
                for (int number = 0; number < table.blocks().size(); number++) {
                    table.block(
                            number,
                            block -> block.withStored(changed(block.stored(), random))
                                    .withType(random.nextInt(8) == 0 ? 1 : 0));
                }
                survives(prefix, table.toBytes(), "seed " + seed);
            }
        });
    }

    private static byte[] changed(byte[] bytes, Random random) {
        byte[] changed = bytes.clone();
        for (int i = random.nextInt(3); i > 0 && changed.length > 0; i--) {
            int value = random.nextBoolean() ? random.nextInt() : new int[] {0, 1, 0x7f, 0x80, 0xff}[random.nextInt(5)];
            changed[random.nextInt(changed.length)] = (byte) value;
        }
        return changed;
    }

    @Test
    void dataCutOffAtEveryByteAndEveryByteChanged() throws IOException {
        inMemory(prefix -> {
            for (int shard = 0; shard < 2; shard++) {
                byte[] data = bundle().data(shard);
                Path file = BundleBuilder.data(prefix, shard, 2);
                for (int at = 0; at < data.length; at++) {
                    Files.write(file, Arrays.copyOf(data, at));
                    survives(prefix, bundle().index(), "shard " + shard + " cut off at " + at);
                    byte[] changed = data.clone();
                    changed[at] ^= (byte) 0xff;
                    Files.write(file, changed);
                    survives(prefix, bundle().index(), "shard " + shard + ", byte " + at);
                }
                Files.write(file, data);
            }
        });
    }
}
