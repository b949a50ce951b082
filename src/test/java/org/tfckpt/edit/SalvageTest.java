package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.Salvage;
import org.tfckpt.edit.Salvages.Salvaged;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.Slices;
import org.tfckpt.testing.V1Builder;
import org.tfckpt.testing.Variants;

@DisplayName("Intact tensors are salvaged, and each lost one is reported")
class SalvageTest {
    @TempDir
    private Path directory;

    private Path target() {
        return directory.resolve("target");
    }

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    private Salvaged salvage(Path damaged) throws IOException {
        return Salvages.run(damaged, target(), options -> options);
    }

    /** A checkpoint with 60 tensors in several blocks of the index. */
    private static BundleBuilder sixty() {
        BundleBuilder bundle = new BundleBuilder().layout(256, 16, false);
        for (int i = 0; i < 60; i++) {
            bundle.floats("t%02d".formatted(i), i);
        }
        return bundle;
    }

    @Test
    void everyKindOfLoss() throws IOException {
        Path prefix = write(sixty().entry("t01", entry -> entry.setCrc32C(1))
                .entry("t02", entry -> entry.setSize(8))
                .entry("t03", entry -> entry.setShape(BundleBuilder.shape(-1)))
                .entry("t04", entry -> entry.setDtypeValue(99))
                .entry("t05", entry -> entry.setDtypeValue(DataType.DT_RESOURCE.number()))
                .entry("t06", entry -> entry.setOffset(1 << 20))
                .entry("t07", entry -> entry.setOffset(-1))
                .entry("t08", entry -> entry.setShardId(-3))
                .entry("t09", entry -> entry.setShardId(9))
                .record("t59x", new byte[] {(byte) 0xff}));
        Salvaged salvaged = salvage(prefix);
        assertThat(salvaged.kinds())
                .containsExactly(
                        "tensor-checksum t01",
                        "size t02",
                        "shape t03",
                        "dtype t04",
                        "dtype t05",
                        "truncated t06",
                        "truncated t07",
                        "shard t08",
                        "missing-file t09",
                        "entry t59x");
        assertThat(salvaged.lost().get(0).file()).isEqualTo(prefix + ".data-00000-of-00001");
        assertThat(salvaged.lost().get(0).offset()).isEqualTo(4);
        assertThat(Checkpoints.names(target())).hasSize(51).contains("t00", "t10", "t59");
        assertThat(salvaged.summary().linkedFiles()).isZero();
        // The invalid shard of t09 is reported, too.
        assertThat(salvaged.notes()).singleElement().asString().contains("1 problem that affects no tensor");
    }

    @Test
    void damagedIndexBlockLosesOnlyItsEntries() throws IOException {
        Path prefix = write(sixty().table(table -> table.block(1, block -> block.withType(2))));
        Salvaged salvaged = salvage(prefix);
        Problem lost = salvaged.lost().get(0);
        assertThat(salvaged.lost()).hasSize(1);
        assertThat(lost.tensor()).isNull();
        assertThat(lost.file()).isEqualTo(prefix + ".index");
        assertThat(lost.offset()).isPositive();
        List<String> names = Checkpoints.names(target());
        TreeSet<String> gone = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            gone.add("t%02d".formatted(i));
        }
        gone.removeAll(names);
        assertThat(gone).hasSizeBetween(5, 30);
        String[] between = lost.message()
                .replaceFirst(".*its keys are lost, between '(.*)' and '(.*)'$", "$1 $2")
                .split(" ", -1);
        assertThat(gone.first()).isGreaterThan(between[0]);
        assertThat(gone.last()).isLessThanOrEqualTo(between[1]);
        assertThat(names).noneMatch(name -> name.compareTo(between[0]) > 0 && name.compareTo(between[1]) <= 0);
    }

    @Test
    void severalDamagedBlocks() throws IOException {
        byte[] cut = new byte[2];
        Path prefix = write(sixty().table(table -> table.block(1, block -> block.withType(2))
                .block(2, block -> block.withStored(cut))
                .block(table.blocks().size() - 1, block -> block.withType(9))));
        Salvaged salvaged = salvage(prefix);
        assertThat(salvaged.kinds()).containsExactly("table null", "table null", "table null");
        String first = salvaged.lost().get(0).message();
        assertThat(salvaged.lost().get(1).message())
                .contains("between " + first.substring(first.lastIndexOf('\'', first.length() - 2)));
        assertThat(Checkpoints.names(target())).contains("t00").doesNotContain("t59");
    }

    @Test
    void nothingIsSalvagedWithoutHeaderOrIndexBlock() throws IOException {
        BundleBuilder bundle = sixty();
        Path prefix = write(bundle);
        Path index = directory.resolve("ckpt.index");
        byte[] right = bundle.index();
        for (int at : new int[] {3, right.length - 3, right.length - 60}) {
            Salvages.flip(index, 8L * at);
            assertThatThrownBy(() -> salvage(prefix)).as("byte %d", at).isInstanceOf(DataLossException.class);
            Files.write(index, right);
        }
        assertThat(directory.resolve("target.index")).doesNotExist();
    }

    @Test
    void damagedSliceLosesItsTensor() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("a", 1, 2);
        byte[] values = Slices.countingFloats(6);
        long[] shape = {3, 2};
        Slices.tensor(bundle, "damaged", DataType.DT_FLOAT, shape, values, "0,2:-", "2,1:-");
        bundle.entry(Slices.key("damaged", "2,1:-"), entry -> entry.setCrc32C(7));
        Slices.tensor(bundle, "intact", DataType.DT_FLOAT, shape, values, "0,2:-", "2,1:-");
        bundle.shard(1);
        Slices.tensor(bundle, "missing", DataType.DT_FLOAT, shape, values, "0,1:-", "1,2:-");
        bundle.shard(0);
        Slices.whole(
                bundle, "unlisted", DataType.DT_FLOAT, shape, TensorSlice.parse("0,2:-"), TensorSlice.parse("2,1:-"));
        bundle.floats(Slices.key("unlisted", "0,2:-"), new long[] {2, 2}, 0, 1, 2, 3);
        Path prefix = write(bundle);
        Files.delete(BundleBuilder.data(prefix, 1, 2));
        Salvaged salvaged = salvage(prefix);
        assertThat(salvaged.kinds())
                .containsExactly(
                        "tensor-checksum damaged", "missing-file missing", "missing-file missing", "slices unlisted");
        assertThat(salvaged.lost())
                .extracting(Problem::message)
                .satisfiesExactly(
                        text -> assertThat(text)
                                .startsWith("slice 2,1:-: the bytes of the tensor do not match their checksum"),
                        text -> assertThat(text).startsWith("slice 0,1:-: "),
                        text -> assertThat(text).startsWith("slice 1,2:-: "),
                        text -> assertThat(text).startsWith("slice 2,1:-: the index has no entry"));
        assertThat(Checkpoints.names(target())).containsExactly("a", "intact");
    }

    private static BundleBuilder partInSmallBlocks() {
        BundleBuilder bundle =
                new BundleBuilder().layout(32, 16, false).floats("a", 1).floats("z", 2);
        return Slices.tensor(
                bundle, "part", DataType.DT_FLOAT, new long[] {3, 2}, Slices.countingFloats(6), "0,2:-", "2,1:-");
    }

    @Test
    void slicesWithoutTheirTensorsEntryAreLost() throws IOException {
        int blocks = RawTable.parse(partInSmallBlocks().index()).blocks().size();
        assertThat(blocks).isGreaterThan(3);
        for (int damaged = 1; damaged < blocks; damaged++) {
            int block = damaged;
            Path prefix = write(partInSmallBlocks().table(table -> table.block(block, b -> b.withType(2))));
            Salvaged salvaged = salvage(prefix);
            assertThat(salvaged.lost()).isNotEmpty();
            boolean intact = salvaged.values().keySet().stream().anyMatch(name -> name.startsWith("part "));
            assertThat(salvaged.kinds().stream().anyMatch(kind -> kind.endsWith(" part")))
                    .isEqualTo(!intact);
        }
    }

    @Test
    void damagedStringsAndVariants() throws IOException {
        BundleBuilder bundle = new BundleBuilder()
                .strings("lengths", "x", "y")
                .strings("text", "hello", "world")
                .strings("whole", "a", "b");
        Variants.add(
                bundle,
                "variant",
                new long[] {1},
                Variants.variant("int", "1").build().toByteArray());
        Path prefix = write(bundle.strings("sized", "hello").entry("sized", entry -> entry.setSize(0)));
        Path data = BundleBuilder.data(prefix, 0, 1);
        long variant;
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            variant = checkpoint.find("variant").orElseThrow().storage().offset();
            Salvages.flip(
                    data, 8 * checkpoint.find("lengths").orElseThrow().storage().offset());
            Salvages.flip(
                    data, 8 * (checkpoint.find("whole").orElseThrow().storage().offset() - 1));
        }
        Salvages.flip(data, 8 * (variant + 4));
        Salvaged salvaged = salvage(prefix);
        assertThat(salvaged.kinds())
                .containsExactly("string-lengths lengths", "size sized", "tensor-checksum text", "variant variant");
        assertThat(Checkpoints.names(target())).containsExactly("whole");
    }

    @Test
    void duplicateNamesAreReported() throws IOException {
        Path prefix = write(
                new BundleBuilder().floats("a", 1).floats("b", 2).floats("b", 3).unsorted());
        Salvaged salvaged = salvage(prefix);
        assertThat(salvaged.kinds()).containsExactly("key-order b");
        assertThat(Checkpoints.names(target())).containsExactly("a", "b");
    }

    @Test
    void harmlessProblemsAreNotLosses() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("a", 1)
                .filler(new byte[] {1, 2, 3})
                .record("b", new BundleBuilder().floats("x", 1).entryBytes("x")));
        Salvaged salvaged = salvage(prefix);
        assertThat(salvaged.lost()).isEmpty();
        assertThat(salvaged.notes()).singleElement().asString().contains("2 problems that affect no tensor");
        assertThat(salvaged.summary().linkedFiles()).isZero();
        assertThat(Checkpoints.names(target())).containsExactly("a", "b");
    }

    @Test
    void emptyCheckpointIfEverythingIsLost() throws IOException {
        Path prefix = write(new BundleBuilder().floats("a", 1).floats("b", 2));
        Files.delete(BundleBuilder.data(prefix, 0, 1));
        assertThat(salvage(prefix).kinds()).containsExactly("missing-file a", "missing-file b");
        assertThat(Checkpoints.names(target())).isEmpty();
    }

    /** A checkpoint with three tensors, one of them in two slices. */
    private static V1Builder v1() {
        return new V1Builder()
                .layout(32, 16, false)
                .tensor("a", DataType.DT_FLOAT, new long[] {2}, V1Builder.floats(1, 2))
                .slice("part", DataType.DT_INT32, new long[] {4}, "0,2", V1Builder.ints(0, 1))
                .slice("part", DataType.DT_INT32, new long[] {4}, "2,2", V1Builder.ints(2, 3))
                .tensor("z", DataType.DT_FLOAT, new long[] {2}, V1Builder.floats(3, 4));
    }

    @Test
    void v1RecordByRecord() throws IOException {
        Path file = directory.resolve("v1");
        Salvaged lostSlice = salvage(v1().without("part", "2,2").write(file));
        assertThat(lostSlice.kinds()).containsExactly("slices part");
        assertThat(lostSlice.lost().get(0).message()).isEqualTo("the file has no record of slice 2,2 of the tensor");
        assertThat(Checkpoints.names(target())).containsExactly("a", "z");

        RawTable table = RawTable.parse(v1().toBytes());
        int blocks = table.blocks().size();
        assertThat(blocks).isGreaterThan(3);
        for (int block = 1; block < blocks; block++) {
            int damaged = block;
            Salvaged salvaged = salvage(
                    v1().table(raw -> raw.block(damaged, b -> b.withType(2))).write(file));
            assertThat(salvaged.lost().get(0).message()).startsWith("a block is of an unknown type");
            assertThat(salvaged.lost().subList(1, salvaged.lost().size()))
                    .isNotEmpty()
                    .allMatch(problem -> problem.tensor() != null);
            List<String> lost = salvaged.lost().stream()
                    .map(Problem::tensor)
                    .filter(Objects::nonNull)
                    .toList();
            List<String> kept = Checkpoints.names(target());
            assertThat(kept).doesNotContainAnyElementsOf(lost);
            TreeSet<String> all = new TreeSet<>(kept);
            all.addAll(lost);
            assertThat(all).containsExactly("a", "part", "z");
        }
    }

    @Test
    void v1RecordsThatNoLookupFinds() throws IOException {
        Path file = v1().table(table -> table.block(1, block -> {
                    byte[] stored = block.stored().clone();
                    // The offset of the first restart point.
                    stored[stored.length - 8] = 1;
                    return block.withStored(stored);
                }))
                .write(directory.resolve("v1"));
        Salvaged salvaged = salvage(file);
        assertThat(salvaged.kinds()).containsExactly("table a");
        assertThat(Checkpoints.names(target())).containsExactly("part", "z");
    }

    @Test
    void v1RecordsThatContradictTheList() throws IOException {
        Path file = directory.resolve("v1");
        Salvaged salvaged = salvage(v1().record(new byte[] {'?'}, new byte[0])
                .rawSlice("unlisted", TensorSlice.full(1), "unlisted")
                .rawSlice("a", TensorSlice.full(1), "z")
                .write(file));
        assertThat(salvaged.kinds()).containsExactlyInAnyOrder("entry ?", "slices unlisted", "entry a", "entry a");
        assertThat(Checkpoints.names(target())).containsExactly("part", "z");
    }

    @Test
    void intactTensorsFormACheckpoint() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("a", 1).floats("b", 2);
        Slices.tensor(bundle, "part", DataType.DT_FLOAT, new long[] {3, 2}, Slices.countingFloats(6), "0,2:-", "2,1:-");
        Path prefix = write(bundle.entry("a", entry -> entry.setCrc32C(1)));
        try (Checkpoint damaged = Checkpoint.open(prefix)) {
            Salvage salvage = Salvage.of(damaged);
            assertThat(salvage.lost()).extracting(Problem::tensor).containsExactly("a");
            assertThat(salvage.harmless()).isEmpty();
            try (Checkpoint intact = salvage.intact()) {
                assertThat(intact.tensors().map(info -> info.name())).containsExactly("b", "part");
                assertThat(intact.entries().map(info -> info.name()))
                        .containsExactly(Slices.key("part", "0,2:-"), Slices.key("part", "2,1:-"), "b");
                assertThat(intact.find("a")).isEmpty();
                assertThat(intact.tensor("part").toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
                assertThatThrownBy(() -> intact.tensor("a")).hasMessageContaining("Key a not found in checkpoint");
            }
            assertThat(damaged.tensor("b").toFloatArray()).containsExactly(2);
        }
    }
}
