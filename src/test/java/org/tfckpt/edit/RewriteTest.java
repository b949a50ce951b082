package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.edit.Rewrites.digests;
import static org.tfckpt.edit.Rewrites.inode;
import static org.tfckpt.edit.Rewrites.patterns;
import static org.tfckpt.edit.Rewrites.story;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Folder;

@DisplayName("Tensors are selected, renamed, fitted to a graph and merged; unchanged data files are linked")
class RewriteTest {
    private static final String DATA = ".data-00000-of-00001";
    private static final NameMapping RENAME = NameMapping.sed("s#^input/#init/#");

    @TempDir
    private Path directory;

    private static Map<String, String> renamed(Map<String, String> digests) {
        Map<String, String> result = new TreeMap<>();
        digests.forEach((name, digest) -> result.put(RENAME.apply(name), digest));
        return result;
    }

    @Test
    void renamingLinksDataFilesAndKeepsChecksums() throws IOException {
        Path source = story(directory.resolve("log"));
        Path target = directory.resolve("new/model.ckpt");
        RewriteSummary summary;
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            summary = Rewrite.of(checkpoint).rename(RENAME).build().run(target);
        }
        assertThat(summary).hasToString("92 tensors, 11 renamed; 1 data file linked (367,296 bytes), 0 bytes written");
        assertThat(inode(target, DATA)).isEqualTo(inode(source, DATA));
        assertThat(digests(target)).isEqualTo(renamed(digests(source)));
        assertThat(Checkpoints.problems(target)).isEmpty();
    }

    @Test
    void droppedTensorsTakeNoSpace() throws IOException {
        Path source = story(directory.resolve("log"));
        Path target = directory.resolve("model.ckpt");
        RewriteSummary summary;
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            summary = Rewrite.of(checkpoint).withoutSlots().build().run(target);
        }
        Map<String, String> expected = digests(source);
        expected.keySet().removeIf(name -> name.endsWith("/Momentum"));
        assertThat(digests(target)).isEqualTo(expected);
        assertThat(expected.keySet()).anyMatch(name -> name.endsWith("/ExponentialMovingAverage"));
        assertThat(summary.linkedFiles()).isZero();
        assertThat(summary.savedBytes() + summary.writtenBytes()).isEqualTo(367_296);
        assertThat(Files.size(Folder.sibling(target, DATA))).isEqualTo(summary.writtenBytes());
        assertThat(Checkpoints.problems(target)).isEmpty();
    }

    @Test
    void requiredLinksKeepBytesOfDroppedTensors() throws IOException {
        Path source = story(directory.resolve("log"));
        Path target = directory.resolve("model.ckpt");
        RewriteSummary summary;
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            summary = Rewrite.of(checkpoint)
                    .withoutSlots()
                    .linking(Linking.REQUIRED)
                    .build()
                    .run(target);
        }
        assertThat(summary.writtenBytes()).isZero();
        assertThat(summary.unusedBytes()).isPositive();
        assertThat(inode(target, DATA)).isEqualTo(inode(source, DATA));
        assertThat(Checkpoints.problems(target)).isNotEmpty().allMatch(line -> line.startsWith("unused-bytes"));
    }

    @Test
    void copiesOnRequest() throws IOException {
        Path source = story(directory.resolve("log"));
        Path target = directory.resolve("model.ckpt");
        List<Long> progress = new ArrayList<>();
        RewriteSummary summary;
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            summary = Rewrite.of(checkpoint)
                    .rename(RENAME)
                    .linking(Linking.NEVER)
                    .build()
                    .run(target, false, (done, total) -> {
                        progress.add(done);
                        assertThat(total).isEqualTo(367_296);
                    });
        }
        assertThat(summary.linkedFiles()).isZero();
        assertThat(summary.writtenBytes()).isEqualTo(367_296);
        assertThat(progress).isSorted().endsWith(367_296L);
        assertThat(inode(target, DATA)).isNotEqualTo(inode(source, DATA));
        assertThat(Folder.bytes(Folder.sibling(target, DATA))).isEqualTo(Folder.bytes(Folder.sibling(source, DATA)));
    }

    @Test
    void symbolicLinksAreFollowed() throws IOException {
        Path source = story(directory.resolve("log"));
        Path linked = Files.createDirectory(directory.resolve("linked")).resolve("m");
        for (String end : List.of(".index", DATA)) {
            Files.createSymbolicLink(
                    Folder.sibling(linked, end), Path.of("../log").resolve(source.getFileName() + end));
        }
        Path target = directory.resolve("model.ckpt");
        try (Checkpoint checkpoint = Checkpoint.open(linked)) {
            Rewrite.of(checkpoint).rename(RENAME).build().run(target);
        }
        assertThat(Files.isSymbolicLink(Folder.sibling(target, DATA))).isFalse();
        assertThat(inode(target, DATA)).isEqualTo(inode(source, DATA));
    }

    @Test
    void filesThatCannotBeLinkedAreCopied() throws IOException {
        Path source = story(directory.resolve("log"));
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix());
                Checkpoint checkpoint = Checkpoint.open(source)) {
            Path target = memory.getPath("model.ckpt");
            RewriteSummary summary =
                    Rewrite.of(checkpoint).rename(RENAME).build().run(target);
            assertThat(summary.linkedFiles()).isZero();
            assertThat(summary.writtenBytes()).isEqualTo(367_296);
            assertThat(digests(target)).isEqualTo(renamed(digests(source)));
            Rewrite insisting = Rewrite.of(checkpoint).linking(Linking.REQUIRED).build();
            assertThatThrownBy(() -> insisting.run(memory.getPath("other")))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("cannot be linked");
            assertThat(Folder.names(memory.getPath("/work"))).noneMatch(name -> name.startsWith("other"));
        }
    }

    @Test
    void renamesInPlace() throws IOException {
        Path source = story(directory);
        Map<String, String> expected = renamed(digests(source));
        Object inode = inode(source, DATA);
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite rewrite = Rewrite.of(checkpoint).rename(RENAME).build();
            assertThatThrownBy(() -> rewrite.run(source)).isInstanceOf(FileAlreadyExistsException.class);
            rewrite.run(source, true, RewriteProgress.NONE);
        }
        assertThat(digests(source)).isEqualTo(expected);
        assertThat(inode(source, DATA)).isEqualTo(inode);
        assertThat(Folder.names(directory))
                .containsExactly(
                        "model.ckpt-122543.data-00000-of-00001", "model.ckpt-122543.index", "model.ckpt-122543.meta");
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite.of(checkpoint).withoutSlots().build().run(source, true, RewriteProgress.NONE);
        }
        expected.keySet().removeIf(name -> name.endsWith("/Momentum"));
        assertThat(digests(source)).isEqualTo(expected);
    }

    @Test
    void fitsAGraph() throws IOException {
        Path source = story(directory.resolve("log"));
        Path target = directory.resolve("model.ckpt");
        Graph graph = Graph.open(Rewrites.STORY.resolve("changed/graph.meta"));
        NameMapping from = NameMapping.sed("s#^init/#input/#");
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            assertThatThrownBy(() -> Rewrite.of(checkpoint).fitTo(graph, from).build())
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("Key aux/conv/DW not found in checkpoint");
            Rewrite partial = Rewrite.of(checkpoint)
                    .fitTo(GraphFit.to(graph).from(from).allowMissing())
                    .build();
            assertThat(partial.notes()).hasSize(1);
            Rewrite rewrite = Rewrite.of(checkpoint)
                    .fitTo(graph, from)
                    .exclude(patterns("aux/**", "logit/**", "global_step"))
                    .build();
            assertThat(rewrite.tensors())
                    .isNotEmpty()
                    .hasToString(partial.tensors().toString());
            rewrite.run(target);
        }
        Map<String, String> before = digests(source);
        Map<String, String> after = digests(target);
        assertThat(after).hasSize(62);
        after.forEach((name, digest) -> assertThat(digest).isEqualTo(before.get(from.apply(name))));
        assertThat(after.keySet()).anyMatch(name -> name.startsWith("init/"));
    }

    private static Float first(org.tfckpt.Tensor tensor) throws IOException {
        return tensor.toFloatArray()[0];
    }

    private Path bundle(String name, BundleBuilder builder) {
        return builder.write(directory.resolve(name));
    }

    @Test
    void oneTensorUnderTwoNamesIsStoredTwice() throws IOException {
        Path source = bundle("source", new BundleBuilder().floats("a", 1, 2).floats("b", 3));
        Path target = directory.resolve("target");
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite rewrite = Rewrite.of(checkpoint)
                    .mapNames(Map.of("x", "a", "y", "a", "z", "nothing"))
                    .build();
            assertThat(rewrite.notes()).containsExactly("the map contains 'nothing', which is not a selected tensor");
            RewriteSummary summary = rewrite.run(target);
            assertThat(summary.linkedFiles()).isEqualTo(1);
            assertThat(summary.writtenBytes()).isEqualTo(8);
        }
        assertThat(Checkpoints.names(target)).containsExactly("b", "x", "y");
        assertThat(digests(target).get("x")).isEqualTo(digests(target).get("y"));
        assertThat(Checkpoints.problems(target)).isEmpty();
    }

    @Test
    void dataFilesAreLinkedOneByOne() throws IOException {
        Path source = bundle(
                "source",
                new BundleBuilder()
                        .header(header -> header.setNumShards(3))
                        .shard(0)
                        .floats("a", 1)
                        .shard(1)
                        .floats("b", 2)
                        .floats("c", 3)
                        .shard(2)
                        .floats("d", 4));
        Path target = directory.resolve("target");
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            RewriteSummary summary =
                    Rewrite.of(checkpoint).exclude(patterns("b", "d")).build().run(target);
            assertThat(summary)
                    .hasToString("2 tensors, 2 dropped; 1 data file linked (4 bytes), 4 bytes written, 8 bytes saved");
        }
        assertThat(inode(target, ".data-00000-of-00002")).isEqualTo(inode(source, ".data-00000-of-00003"));
        assertThat(Checkpoints.read(target, "c", RewriteTest::first)).isEqualTo(3f);
        assertThat(Checkpoints.problems(target)).isEmpty();
    }

    @Test
    void errorSuggestsCheckpointMergeForSlices() throws IOException {
        Path source = org.tfckpt.testing.Corpus.root().resolve("golden/tf218-v2-partitioned/ckpt");
        try (Checkpoint first = Checkpoint.open(source);
                Checkpoint second = Checkpoint.open(source)) {
            assertThatThrownBy(() -> Rewrite.of(List.of(first, second))
                            .include(patterns("cube"))
                            .build())
                    .hasMessageContaining("would both be named 'cube'")
                    .hasMessageContaining("CheckpointMerge");
        }
    }

    @Test
    void mergesByClashPolicy() throws IOException {
        Path one = bundle("one", new BundleBuilder().floats("a", 1).floats("b", 2));
        Path two = bundle("two", new BundleBuilder().floats("b", 20).floats("c", 30));
        try (Checkpoint first = Checkpoint.open(one);
                Checkpoint second = Checkpoint.open(two)) {
            List<Checkpoint> both = List.of(first, second);
            assertThatThrownBy(() -> Rewrite.of(both).build())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("'b' of '" + one + "'")
                    .hasMessageContaining("'b' of '" + two + "'")
                    .hasMessageContaining("would both be named 'b'");
            for (ClashPolicy clash : List.of(ClashPolicy.FIRST, ClashPolicy.LAST)) {
                Path target = directory.resolve("merged-" + clash);
                RewriteSummary summary = Rewrite.of(both).onClash(clash).build().run(target);
                assertThat(summary.linkedFiles()).isEqualTo(1);
                assertThat(Checkpoints.names(target)).containsExactly("a", "b", "c");
                assertThat(Checkpoints.read(target, "b", RewriteTest::first))
                        .isEqualTo(clash == ClashPolicy.FIRST ? 2f : 20f);
                assertThat(Checkpoints.problems(target)).isEmpty();
            }
            Path apart = directory.resolve("apart");
            Rewrite rewrite = Rewrite.of(both).exclude(patterns("b")).build();
            rewrite.run(apart);
            assertThat(Checkpoints.names(apart)).containsExactly("a", "c");
        }
        try (Checkpoint first = Checkpoint.open(one)) {
            assertThatThrownBy(() -> Rewrite.of(first)
                            .onClash(ClashPolicy.FIRST)
                            .rename(NameMapping.sed("s/./x/"))
                            .build())
                    .hasMessageContaining("would both be named 'x'");
            assertThatThrownBy(() ->
                            Rewrite.of(first).rename(NameMapping.sed("s/a//")).build())
                    .hasMessageContaining("the new name of tensor");
            assertThat(Rewrite.of(first).rename(RENAME).build().notes())
                    .containsExactly("no tensor is renamed by the rules: s#^input/#init/#");
        }
    }

    @Test
    void mergesDifferentByteOrders() throws IOException {
        Path big = bundle(
                "big",
                new BundleBuilder()
                        .bigEndian()
                        .tensor("b", org.tfckpt.tensor.DataType.DT_FLOAT, new long[] {1}, new byte[] {0x40, 0, 0, 0}));
        Path little = bundle("little", new BundleBuilder().floats("a", 1));
        try (Checkpoint first = Checkpoint.open(big);
                Checkpoint second = Checkpoint.open(little)) {
            Path target = directory.resolve("target");
            Rewrite.of(List.of(first, second)).build().run(target);
            try (Checkpoint merged = Checkpoint.open(target)) {
                assertThat(merged.byteOrder()).isEqualTo(ByteOrder.BIG_ENDIAN);
                assertThat(merged.tensor("a").toFloatArray()).containsExactly(1);
                assertThat(merged.tensor("b").toFloatArray()).containsExactly(2);
            }
            Path asked = directory.resolve("asked");
            Rewrite.of(first).order(ByteOrder.LITTLE_ENDIAN).build().run(asked);
            assertThat(Checkpoints.bytes(asked, "b")).isEqualTo("00000040");
        }
    }

    @Test
    void aSafetensorsFileIsWrittenToAChannel() throws IOException {
        Path file = directory.resolve("model.safetensors");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Checkpoint checkpoint = Checkpoint.open(Rewrites.STORY.resolve("log/model.ckpt-122543"))) {
            Rewrite rewrite =
                    Rewrite.of(checkpoint).format(FileFormat.SAFETENSORS).build();
            rewrite.run(file);
            assertThat(rewrite.run(Channels.newChannel(bytes)).writtenBytes()).isEqualTo(Files.size(file));

            WritableByteChannel other = Channels.newChannel(new ByteArrayOutputStream());
            for (Rewrite.Builder builder : List.of(
                    Rewrite.of(checkpoint),
                    Rewrite.of(checkpoint).format(FileFormat.SAFETENSORS).sharding(Sharding.ofCount(2)))) {
                Rewrite several = builder.build();
                assertThatThrownBy(() -> several.run(other)).isInstanceOf(UnsupportedOperationException.class);
            }
        }
        assertThat(bytes.toByteArray()).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void planningWritesNothing() throws IOException {
        Path source = story(directory);
        List<String> before = Folder.names(directory);
        List<String> lines = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite.of(checkpoint)
                    .withoutSlots()
                    .rename(RENAME)
                    .sharding(Sharding.ofCount(3))
                    .build()
                    .describe(lines::add);
        }
        assertThat(Folder.names(directory)).isEqualTo(before);
        assertThat(lines)
                .contains("  input/init_conv/DW (DT_FLOAT) [3,3,3,16] -> init/init_conv/DW")
                .contains("  logit/DW (DT_FLOAT) [32,10]")
                .contains("- logit/DW/Momentum (DT_FLOAT) [32,10]");
    }

    @Test
    void damageIsNotCopied() throws IOException {
        Path source = bundle("source", new BundleBuilder().floats("a", 1, 2).floats("b", 3));
        byte[] data = Folder.bytes(Folder.sibling(source, DATA));
        data[0] ^= 1;
        Files.write(Folder.sibling(source, DATA), data);
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite copying = Rewrite.of(checkpoint).exclude(patterns("b")).build();
            assertThatThrownBy(() -> copying.run(directory.resolve("target"))).isInstanceOf(DataLossException.class);
            Rewrite casting = Rewrite.of(checkpoint)
                    .cast(org.tfckpt.tensor.DataType.DT_HALF)
                    .build();
            assertThatThrownBy(() -> casting.run(directory.resolve("target"))).isInstanceOf(DataLossException.class);
        }
        Files.write(Folder.sibling(source, DATA), new byte[4]);
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite linking = Rewrite.of(checkpoint).build();
            assertThatThrownBy(() -> linking.run(directory.resolve("target"))).isInstanceOf(DataLossException.class);
            Files.delete(Folder.sibling(source, DATA));
            assertThatThrownBy(() -> linking.run(directory.resolve("target")))
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("No such file");
        }
        assertThat(Folder.names(directory)).containsExactly("source.index");
    }

    @Test
    void contradictoryOptionsAreRejected() throws IOException {
        Path source = bundle("source", new BundleBuilder().floats("a", 1));
        Graph graph = Graph.open(Rewrites.STORY.resolve("changed/graph.meta"));
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            assertThatThrownBy(() -> Rewrite.of(checkpoint)
                            .fitTo(graph, NameMapping.NONE)
                            .withoutSlots()
                            .build())
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Rewrite.of(checkpoint)
                            .sharding(Sharding.ofCount(2))
                            .linking(Linking.REQUIRED)
                            .build())
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Rewrite.of(checkpoint).cast(org.tfckpt.tensor.DataType.DT_INT8))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Rewrite.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void slicesOfATensorStayTogether() throws IOException {
        Path source = org.tfckpt.testing.Corpus.root().resolve("golden/tf218-v2-partitioned-sharded/ckpt");
        Path copy = Rewrites.copy(source, directory.resolve("copy"));
        Map<String, String> expected = digests(copy);
        Path target = directory.resolve("target");
        try (Checkpoint checkpoint = Checkpoint.open(copy)) {
            String dropped = checkpoint.tensors().map(TensorInfo::name).toList().get(0);
            expected.remove(dropped);
            Rewrite.of(checkpoint)
                    .exclude(patterns(dropped))
                    .rename(NameMapping.sed("s#^#new/#"))
                    .build()
                    .run(target);
        }
        Map<String, String> found = new TreeMap<>();
        digests(target).forEach((name, digest) -> found.put(name.replaceFirst("new/", ""), digest));
        assertThat(found).isEqualTo(expected);
        assertThat(Checkpoints.problems(target)).isEmpty();
    }
}
