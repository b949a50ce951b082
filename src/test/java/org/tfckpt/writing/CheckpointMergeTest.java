package org.tfckpt.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointMerge;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.Pieces;

class CheckpointMergeTest {
    @TempDir
    private Path directory;

    private Path at(String name) {
        return directory.resolve(name);
    }

    private Path floats(String name, String tensor, float... values) {
        return new BundleBuilder().floats(tensor, values).write(at(name));
    }

    private Path slice(String name, String spec, float value) throws IOException {
        try (CheckpointWriter out = CheckpointWriter.open(at(name))) {
            ShapeAndSlice part = ShapeAndSlice.parse(spec);
            float[] values = new float[(int) part.slice().of(part.shape()).elements()];
            java.util.Arrays.fill(values, value);
            out.addSlice("foo", part, org.tfckpt.ValueSource.of(values));
            out.finish();
        }
        return at(name);
    }

    private Map<String, byte[]> all() {
        Map<String, byte[]> files = new TreeMap<>();
        Folder.names(directory).forEach(name -> files.put(name, Folder.bytes(at(name))));
        return files;
    }

    private void refuses(CheckpointMerge merge, String message) {
        Map<String, byte[]> before = all();
        assertThatThrownBy(() -> merge.into(at("merged")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message);
        assertThat(all()).containsExactlyEntriesOf(before);
    }

    @Test
    @DisplayName("MG-01 BN-04 two checkpoints: data files renamed, inputs gone")
    void two() throws IOException {
        Path first = floats("a", "v", 1);
        Path second = floats("b", "u", 2, 3);
        new CheckpointMerge(List.of(first, second)).into(at("merged"));
        assertThat(Folder.names(directory))
                .containsExactly("merged.data-00000-of-00002", "merged.data-00001-of-00002", "merged.index");
        assertThat(Checkpoints.names(at("merged"))).containsExactly("u", "v");
        assertThat(Checkpoints.read(at("merged"), "u", Tensor::toFloatArray)).containsExactly(2f, 3f);
        assertThat(Checkpoints.problems(at("merged"))).isEmpty();
        try (Checkpoint checkpoint = Checkpoint.open(at("merged"))) {
            assertThat(checkpoint.shardCount()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("BN-04 a merged checkpoint is merged again")
    void again() throws IOException {
        new CheckpointMerge(List.of(floats("worker0", "v", 1))).into(at("another"));
        assertThat(Folder.names(directory)).containsExactly("another.data-00000-of-00001", "another.index");
        new CheckpointMerge(List.of(at("another"), floats("worker1", "u", 2))).into(at("merged"));
        assertThat(Folder.names(directory))
                .containsExactly("merged.data-00000-of-00002", "merged.data-00001-of-00002", "merged.index");
        assertThat(Checkpoints.problems(at("merged"))).isEmpty();
    }

    @Test
    @DisplayName("MG-02 one name in both")
    void duplicate() {
        Path second = floats("b", "v", 2);
        refuses(
                new CheckpointMerge(List.of(floats("a", "v", 1), second)),
                "Duplicate tensor keyed by v encountered, when merging prefix: " + second);
    }

    @Test
    @DisplayName("MG-03 different byte orders")
    void endianness() {
        Path big = new BundleBuilder().bigEndian().floats("u", 1).write(at("b"));
        refuses(
                new CheckpointMerge(List.of(floats("a", "v", 1), big)),
                "Merging bundles with conflicting endianness; inputs corrupted?");
    }

    @Test
    @DisplayName("MG-04 different versions")
    void versions() {
        Path old = new BundleBuilder()
                .header(header -> header.clearVersion())
                .floats("u", 1)
                .write(at("b"));
        refuses(
                new CheckpointMerge(List.of(floats("a", "v", 1), old)),
                "Merging bundles with different format versions: merged {producer: 1} vs. curr {}");
    }

    @Test
    @DisplayName("MG-05 MG-06 missing inputs")
    void missing() throws IOException {
        CheckpointMerge merge = new CheckpointMerge(List.of(at("missing"), floats("a", "v", 1)));
        refuses(merge, "allow_missing_files was set to false and " + at("missing") + " did not exist.");
        refuses(
                new CheckpointMerge(List.of(at("missing"), at("too"))).allowingMissing(),
                "At least one prefix checkpoint file must exist, but none existed.");
        merge.allowingMissing().into(at("merged"));
        assertThat(Folder.names(directory)).containsExactly("merged.data-00000-of-00001", "merged.index");
    }

    @Test
    @DisplayName("MG-07 slices of one tensor in both")
    void slices() throws IOException {
        Path first = slice("a", "5 10 -:0,1", 0);
        Path second = slice("b", "5 10 -:1,9", 1);
        new CheckpointMerge(List.of(first, second)).into(at("merged"));
        try (Checkpoint checkpoint = Checkpoint.open(at("merged"))) {
            assertThat(checkpoint.find("foo").orElseThrow().slices())
                    .map(Object::toString)
                    .containsExactly("-:0,1", "-:1,9");
            assertThat(Pieces.of(checkpoint))
                    .map(piece -> piece.storage().shard())
                    .containsExactly(0, 1);
            float[] values = checkpoint.tensor("foo").toFloatArray();
            assertThat(values).hasSize(50);
            assertThat(values[10]).isZero();
            assertThat(values[11]).isEqualTo(1);
        }
        assertThat(Checkpoints.problems(at("merged"))).isEmpty();
    }

    @Test
    @DisplayName("MG-08 MG-09 slices and a whole tensor of one name")
    void slicesAndWhole() {
        assertThat(directory).satisfies(here -> {
            Path slices = slice("a", "5 10 -:0,1", 0);
            Path whole = floats("b", "foo", 1);
            refuses(
                    new CheckpointMerge(List.of(slices, whole)),
                    "Duplicate tensor keyed by foo; attempting to merge in a non-slice bundle entry");
            refuses(new CheckpointMerge(List.of(whole, slices)), "Duplicate tensor keyed by foo encountered");
        });
    }

    @Test
    void slicesOfDifferentWholes() throws IOException {
        Path first = slice("a", "5 10 -:0,1", 0);
        refuses(new CheckpointMerge(List.of(first, slice("b", "5 11 -:1,9", 1))), "differ in the dtype or shape");
    }

    @Test
    @DisplayName("MG-10 an empty checkpoint among the inputs: the header counts the data files that there are")
    void empty() throws IOException {
        Path empty = new BundleBuilder().filler().write(at("b"));
        new CheckpointMerge(List.of(empty, floats("a", "v", 1))).into(at("merged"));
        assertThat(Folder.names(directory)).containsExactly("merged.data-00000-of-00001", "merged.index");
        assertThat(Checkpoints.read(at("merged"), "v", Tensor::toFloatArray)).containsExactly(1f);
        assertThat(Checkpoints.problems(at("merged"))).isEmpty();
        new CheckpointMerge(List.of(new BundleBuilder().filler().write(at("c")))).into(at("nothing"));
        assertThat(Folder.names(directory)).contains("nothing.data-00000-of-00001", "nothing.index");
    }

    @Test
    @DisplayName("MG-11 one input is renamed, byte for byte")
    void one() throws IOException {
        Path input = floats("a", "v", 1, 2, 3);
        byte[] index = Folder.bytes(at("a.index"));
        byte[] data = Folder.bytes(at("a.data-00000-of-00001"));
        new CheckpointMerge(List.of(input)).into(at("merged"));
        assertThat(Folder.bytes(at("merged.index"))).isEqualTo(index);
        assertThat(Folder.bytes(at("merged.data-00000-of-00001"))).isEqualTo(data);
    }

    @Test
    @DisplayName("MG-12 directories that are empty after it")
    void directories() throws IOException {
        Files.createDirectory(at("m_temp"));
        Files.createDirectory(at("n_temp"));
        floats("m_temp/part-0", "v", 1);
        floats("n_temp/part-0", "u", 1);
        Files.writeString(at("n_temp/notes"), "");
        new CheckpointMerge(List.of(at("m_temp/part-0"), at("n_temp/part-0"))).into(at("m"));
        assertThat(Folder.names(directory)).doesNotContain("m_temp").contains("n_temp", "m.index");
        assertThat(Folder.names(at("n_temp"))).containsExactly("notes");
        Files.createDirectory(at("o_temp"));
        new CheckpointMerge(List.of(floats("o_temp/part-0", "v", 1)))
                .keepingDirectories()
                .into(at("o"));
        assertThat(Folder.names(at("o_temp"))).isEmpty();
    }

    @Test
    void theDestinationMayBeAnInput() throws IOException {
        Path first = floats("a", "v", 1);
        Path second = floats("b", "u", 2);
        CheckpointMerge merge = new CheckpointMerge(List.of(first, second));
        assertThatThrownBy(() -> merge.into(first)).isInstanceOf(FileAlreadyExistsException.class);
        merge.overwriting().into(first);
        assertThat(Folder.names(directory))
                .containsExactly("a.data-00000-of-00002", "a.data-00001-of-00002", "a.index");
        assertThat(Checkpoints.problems(first)).isEmpty();
        new CheckpointMerge(List.of(first)).overwriting().into(first);
        assertThat(Checkpoints.names(first)).containsExactly("u", "v");
        assertThat(Checkpoints.problems(first)).isEmpty();
    }

    @Test
    void aDataFileThatIsMissingIsSaidBeforeAnythingChanges() throws IOException {
        Path first = floats("a", "v", 1);
        Path second = floats("b", "u", 2);
        Files.delete(at("b.data-00000-of-00001"));
        refuses(new CheckpointMerge(List.of(first, second)), "b.data-00000-of-00001; No such file or directory");
    }

    /** Splits a sharded checkpoint into one checkpoint per data file, as before TensorFlow merged them. */
    @ParameterizedTest
    @ValueSource(strings = {"tf218-v2-sharded", "tf218-v2-partitioned-sharded", "tf115-v2-partitioned-sharded"})
    @DisplayName("checkpoints merged by TensorFlow are split and merged again")
    void golden(String name) throws IOException {
        Path golden = Corpus.root().resolve("golden").resolve(name).resolve("ckpt");
        try (Checkpoint source = Checkpoint.open(golden)) {
            List<Path> parts = List.of(at("p0"), at("p1"), at("p2"));
            for (int shard = 0; shard < 3; shard++) {
                try (CheckpointWriter out = CheckpointWriter.open(parts.get(shard))) {
                    for (Pieces.Piece piece : Pieces.of(source)) {
                        if (piece.storage().shard() == shard) {
                            Shape whole = piece.whole().shape();
                            org.tfckpt.ValueSource values = org.tfckpt.ValueSource.of(source.tensor(piece.stored()));
                            if (piece.slice() == null) {
                                out.add(piece.whole().name(), whole, values);
                            } else {
                                out.addSlice(piece.whole().name(), new ShapeAndSlice(whole, piece.slice()), values);
                            }
                        }
                    }
                    out.finish();
                }
            }
            new CheckpointMerge(parts).into(at("ckpt"));
        }
        assertThat(Folder.names(directory)).hasSize(4);
        for (String file : Folder.names(directory)) {
            assertThat(Folder.hex(at(file))).as(file).isEqualTo(Folder.hex(golden.resolveSibling(file)));
        }
    }
}
