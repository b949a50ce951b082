package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.tfckpt.restore.TestCheckpoints.counting;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;

@DisplayName("The names that a Saver takes")
class SavedNamesTest {
    @TempDir
    Path directory;

    private static void fails(String message, Wanted... variables) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Comparison.of(List.of(variables), List.<TensorInfo>of(), NameMapping.NONE, List.of()))
                .withMessage(message);
    }

    private static Wanted slice(String variable, String name) {
        return Wanted.part(variable, name, DataType.DT_FLOAT, ShapeAndSlice.parse("2 0,1"));
    }

    @Test
    @DisplayName("SV-01, SV-04: every variable by its own name")
    void sv01() throws IOException {
        BundleBuilder builder = new BundleBuilder();
        counting(builder, "v0", 10);
        counting(builder, "v1", 20);
        try (Checkpoint checkpoint = TestCheckpoints.open(builder, directory)) {
            Map<String, Float> values = new HashMap<>();
            RestorePlan.from(checkpoint)
                    .variables(List.of(wanted("v1"), wanted("v0")))
                    .build()
                    .forEach((variable, value) -> values.put(variable.name(), value.toFloatArray()[0]));
            assertThat(values).isEqualTo(Map.of("v0", 10f, "v1", 20f));
        }
    }

    @Test
    @DisplayName("SV-02: no name for two variables, be one a slice; but slices of one variable share theirs")
    void sv02() {
        fails("Mixing slices and non-slices with the same name: v1", wanted("v0"), wanted("v1", 2), slice("v2", "v1"));
        fails("Mixing slices and non-slices with the same name: v1", slice("v2", "v1"), wanted("v1", 2));
        fails("At least two variables have the same name: p_v1", wanted("p_v1", 2), wanted("p_v1", 2));
        Comparison comparison = Comparison.of(
                List.of(wanted("v1", 2).savedAs("vee1"), slice("v2", "other"), slice("v3", "other")),
                List.of(),
                NameMapping.NONE,
                List.of());
        assertThat(comparison.missing())
                .extracting(VariableSource::tensorName)
                .containsExactly("vee1", "other", "other");
    }

    @Test
    @DisplayName("SV-03: no variable under two names")
    void sv03() {
        fails(
                "The same saveable will be restored with two names: v0",
                wanted("v0").savedAs("v0"),
                wanted("v0").savedAs("v0too"));
    }

    @Test
    @DisplayName("SV-06: without variables nothing is missing, and nothing is restored")
    void sv06() throws IOException {
        try (Checkpoint checkpoint = TestCheckpoints.open(new BundleBuilder().floats("v", 1), directory)) {
            RestorePlan plan = RestorePlan.from(checkpoint).build();
            assertThat(plan.requireComplete().comparison().isComplete()).isTrue();
            plan.forEach((variable, value) -> {
                throw new AssertionError("nothing is wanted");
            });
            plan.restore(variable -> {
                throw new AssertionError("nothing is wanted");
            });
        }
    }

    @Test
    @DisplayName("SV-12: what one mode saved by names and the other by objects, both restore from either")
    void sv12() throws IOException {
        String key = "model/w/.ATTRIBUTES/VARIABLE_VALUE";
        Path byNames = counting(new BundleBuilder(), "scope/w", 1, 2).write(directory.resolve("names"));
        Path byObjects = TestCheckpoints.objects(counting(new BundleBuilder(), key, 1, 2), Map.of("scope/w", key))
                .write(directory.resolve("objects"));
        try (Checkpoint names = Checkpoint.open(byNames);
                Checkpoint objects = Checkpoint.open(byObjects)) {
            Map<String, String> fullNames = objects.objectGraph().orElseThrow().keysByFullName();
            assertThat(fullNames).isEqualTo(Map.of("scope/w", key));
            for (Checkpoint checkpoint : List.of(names, objects)) {
                assertThat(values(RestorePlan.from(checkpoint).variables(List.of(wanted("scope/w", 2)))))
                        .isEqualTo(Map.of("scope/w", List.of(1f, 2f)));
                // Objects know what they are called, and so find what was saved by names.
                List<Wanted> ofObjects = fullNames.entrySet().stream()
                        .map(name -> wanted(name.getValue(), 2).savedAs(name.getKey()))
                        .toList();
                assertThat(values(RestorePlan.from(checkpoint).variables(ofObjects)))
                        .isEqualTo(Map.of(key, List.of(1f, 2f)));
                assertThat(checkpoint.findByAnyName("scope/w")).isPresent();
            }
        }
    }

    private static Map<String, List<Float>> values(RestorePlan.Builder plan) throws IOException {
        Map<String, List<Float>> values = new HashMap<>();
        plan.build().forEach((variable, value) -> {
            float[] found = value.toFloatArray();
            values.put(variable.variable(), List.of(found[0], found[1]));
        });
        return values;
    }

    @Test
    @DisplayName("SV-07: another shape, for a reference and for a resource")
    void sv07() {
        TensorInfo stored = new TensorInfo("v", DataType.DT_FLOAT.number(), Shape.of(2, 3), null, List.of());
        Comparison comparison = Comparison.of(
                List.of(
                        wanted("v", 3, 2).asReference(),
                        wanted("w", 3, 2).savedAs("w"),
                        wanted("x", -1, 3),
                        wanted("y", -1, 2),
                        wanted("z", 2),
                        Wanted.ofUnknownShape("u", DataType.DT_FLOAT)),
                List.of(stored),
                NameMapping.of(name -> "v"),
                List.of());
        assertThat(comparison.variables())
                .extracting(VariableSource::tensorFlowMessage)
                .containsExactly(
                        "Assign requires shapes of both tensors to match. lhs shape= [3,2] rhs shape= [2,3]",
                        "Received incompatible tensor with shape (2, 3) when attempting to restore variable with shape"
                                + " (3, 2) and name w.",
                        "",
                        "Received incompatible tensor with shape (2, 3) when attempting to restore variable with shape"
                                + " (None, 2) and name y.",
                        "Received incompatible tensor with shape (2, 3) when attempting to restore variable with shape"
                                + " (2,) and name z.",
                        "");
        assertThat(comparison.unused()).isEmpty();
        assertThat(comparison.shapeMismatches()).hasSize(4);
        assertThat(comparison.variables().get(3))
                .hasToString("y: " + comparison.variables().get(3).tensorFlowMessage());
        assertThat(comparison.variables().get(3).wanted()).hasToString("y DT_FLOAT [?,2]");
    }

    @Test
    void aVariableOfAnotherShapeAndDtypeIsInBothLists() {
        TensorInfo stored = new TensorInfo("v", DataType.DT_INT64.number(), Shape.of(2, 3), null, List.of());
        Comparison comparison = Comparison.of(List.of(wanted("v", 3, 2)), List.of(stored), NameMapping.NONE, List.of());
        assertThat(comparison.shapeMismatches())
                .isEqualTo(comparison.dtypeMismatches())
                .hasSize(1);
        assertThat(comparison)
                .hasToString("0 matched, 0 missing, 1 of another shape, 1 of another dtype, 0 excluded;"
                        + " 0 tensors unused");
    }
}
