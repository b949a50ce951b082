package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.restore.TestCheckpoints.counting;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Corpus;

/** Parts of partitioned variables, of which a bare graph states nothing but the names. */
class InferredPartsTest {
    @TempDir
    private Path directory;

    private static TensorInfo tensor(String name, long... shape) {
        return new TensorInfo(name, DataType.DT_FLOAT.number(), Shape.of(shape), null, List.of());
    }

    private static Comparison compare(List<Wanted> wanted, TensorInfo... tensors) {
        return Comparison.of(wanted, List.of(tensors), NameMapping.NONE, List.of());
    }

    @Test
    void theValuesOfThePartsAreThoseOfTheWhole() throws IOException {
        BundleBuilder builder = counting(new BundleBuilder(), "rows", 0, 5, 2);
        counting(builder, "columns", 0, 2, 5);
        List<Wanted> wanted = List.of(
                wanted("rows/part_1", 2, 2),
                wanted("rows/part_0", 3, 2),
                wanted("columns/part_0", 2, 1),
                wanted("columns/part_1", 2, 1),
                wanted("columns/part_2", 2, 3));
        Map<String, float[]> values = new HashMap<>();
        try (Checkpoint checkpoint = TestCheckpoints.open(builder, directory)) {
            RestorePlan plan = RestorePlan.from(checkpoint).variables(wanted).build();
            assertThat(plan.comparison().isComplete()).isTrue();
            assertThat(plan.comparison().unused()).isEmpty();
            assertThat(plan.comparison().notes())
                    .containsExactly(
                            "5 variables such as 'rows/part_0' are taken for slices of 2 tensors such as 'rows',"
                                    + " judged by names and shapes: the graph does not state partitions");
            plan.forEach((variable, value) -> values.put(variable.variable(), value.toFloatArray()));
        }
        assertThat(values.get("rows/part_0")).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(values.get("rows/part_1")).containsExactly(6, 7, 8, 9);
        assertThat(values.get("columns/part_0")).containsExactly(0, 5);
        assertThat(values.get("columns/part_1")).containsExactly(1, 6);
        assertThat(values.get("columns/part_2")).containsExactly(2, 3, 4, 7, 8, 9);
    }

    @Test
    void slotsOfPartsAreParts() {
        Comparison comparison =
                compare(List.of(wanted("emb/part_0/Adam", 3), wanted("emb/part_1/Adam", 2)), tensor("emb/Adam", 5));
        assertThat(comparison.isComplete()).isTrue();
        assertThat(comparison.matched())
                .allMatch(source -> source.wanted().name().equals("emb/Adam"));
    }

    @ParameterizedTest
    @CsvSource({
        // One is missing; the sum is another; a size differs elsewhere; the rank differs; the parts are tensors.
        "emb/part_0 emb/part_2, 2 3, emb, 5",
        "emb/part_1 emb/part_2, 2 3, emb, 5",
        "emb/part_0 emb/part_1, 2 3, emb, 6",
        "emb/part_0 emb/part_1, 2x2 3x2, emb, 5x3",
        "emb/part_0 emb/part_1, 2x2 3x1, emb, 5x2",
        "emb/part_0 emb/part_1, 2x2 3x2, emb, 5",
        "emb/part_0 emb/part_01, 2 3, emb, 5",
        "emb/part_0 emb/part_1, 2 3, other, 5",
        "emb/part_0 emb/part_1, 0 5, emb, 5"
    })
    void whatDoesNotAddUpIsNoPart(String names, String shapes, String whole, String shape) {
        List<Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            wanted.add(wanted(names.split(" ", -1)[i], dimensions(shapes.split(" ", -1)[i])));
        }
        Comparison comparison = compare(wanted, tensor(whole, dimensions(shape)));
        assertThat(comparison.missing()).hasSize(2);
        assertThat(comparison.notes()).isEmpty();
    }

    private static long[] dimensions(String text) {
        return java.util.Arrays.stream(text.split("x", -1))
                .mapToLong(Long::parseLong)
                .toArray();
    }

    @Test
    void partsOfOtherDtypesOrOfTheirOwnAreNotOneVariable() {
        Wanted integers = Wanted.of("emb/part_1", DataType.DT_INT32, Shape.of(3));
        assertThat(compare(List.of(wanted("emb/part_0", 2), integers), tensor("emb", 5))
                        .missing())
                .hasSize(2);
        Comparison beside =
                compare(List.of(wanted("emb/part_0", 2), wanted("emb/part_1", 3), wanted("emb", 5)), tensor("emb", 5));
        assertThat(beside.missing()).hasSize(2);
        assertThat(beside.matched()).hasSize(1);
        Comparison own = compare(
                List.of(wanted("emb/part_0", 2), wanted("emb/part_1", 3)),
                tensor("emb", 5),
                tensor("emb/part_0", 2),
                tensor("emb/part_1", 3));
        assertThat(own.isComplete()).isTrue();
        assertThat(own.unused()).extracting(TensorInfo::name).containsExactly("emb");
    }

    @Test
    void theNameOfTheWholeIsMappedAndExcluded() {
        List<Wanted> wanted = List.of(wanted("new/emb/part_0", 2), wanted("new/emb/part_1", 3));
        List<TensorInfo> tensors = List.of(tensor("old/emb", 5));
        assertThat(Comparison.of(wanted, tensors, NameMapping.scope("new", "old"), List.of())
                        .isComplete())
                .isTrue();
        assertThat(Comparison.of(wanted, tensors, NameMapping.scope("new", "old"), List.of(NamePattern.of("new/emb")))
                        .excluded())
                .hasSize(2);
    }

    /** The graphs state their partitions; without these, the same is found. */
    @ParameterizedTest
    @CsvSource({
        "cloudml-housing-2shards, model.ckpt-0.meta, model.ckpt-0",
        "cloudml-housing-2shards, export/estimate/saved_model.pb, export/estimate/variables/variables",
        "zoltar-iris, saved_model.pb, variables/variables",
        "tensorboard-v1-sharded, model.ckpt-1.meta, model.ckpt-1-00000-of-00001"
    })
    void whatAGraphStatesIsWhatIsInferred(String name, String file, String prefix) throws IOException {
        Path home = Corpus.root().resolve("real").resolve(name);
        Path graph = home.resolve(file);
        if (!Files.exists(graph)) {
            graph = directory.resolve("graph");
            try (InputStream in = Corpus.open(home.resolve(file))) {
                Files.copy(in, graph);
            }
        }
        try (Checkpoint checkpoint = Checkpoint.open(home.resolve(prefix))) {
            Comparison stated = RestorePlan.from(checkpoint)
                    .variables(Wanted.of(Graph.open(graph).variables(), Map.of()))
                    .build()
                    .comparison();
            Comparison inferred = RestorePlan.from(checkpoint)
                    .variables(GraphFiles.variables(home, file))
                    .build()
                    .comparison();
            assertThat(stated.notes()).isEmpty();
            assertThat(inferred.notes()).hasSize(1);
            assertThat(sources(inferred)).isNotEmpty().isEqualTo(sources(stated));
            assertThat(inferred.unused()).isEqualTo(stated.unused());
        }
    }

    private static Map<String, String> sources(Comparison comparison) {
        Map<String, String> sources = new HashMap<>();
        comparison
                .matched()
                .forEach(source -> sources.put(
                        source.wanted().variable(),
                        source.tensor().orElseThrow() + " " + source.wanted().shape()));
        return sources;
    }
}
