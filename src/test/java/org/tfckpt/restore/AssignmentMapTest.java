package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.restore.TestCheckpoints.counting;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.testing.BundleBuilder;

@DisplayName("init_from_checkpoint")
class AssignmentMapTest {
    @TempDir
    Path directory;

    private Checkpoint checkpoint;

    @BeforeEach
    void open() throws IOException {
        BundleBuilder builder = new BundleBuilder();
        counting(builder, "useful_scope/var4", 4000, 9, 9);
        counting(builder, "var1", 1000, 1, 10);
        counting(builder, "var2", 2000, 10, 10);
        counting(builder, "var3", 3000, 100, 100);
        checkpoint = TestCheckpoints.open(builder, directory);
    }

    @AfterEach
    void close() throws IOException {
        checkpoint.close();
    }

    /** The first element of each variable that is restored. */
    private Map<String, Float> first(AssignmentMap assignments, Wanted... variables) throws IOException {
        Map<String, Float> first = new HashMap<>();
        assignments
                .plan(List.of(variables), checkpoint)
                .forEach((variable, value) -> first.put(variable.variable(), value.toFloatArray()[0]));
        return first;
    }

    private void fails(AssignmentMap assignments, String message, Wanted... variables) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> assignments.plan(List.of(variables), checkpoint))
                .withMessageContaining(message);
    }

    @Test
    @DisplayName("CU-05: tensors to variables and scopes to scopes; a list may name a tensor twice")
    void cu05() throws IOException {
        Wanted my1 = wanted("some_scope/my1", 1, 10);
        Wanted my2 = wanted("some_scope/some_other_scope/my2", 10, 10);
        Wanted my3 = wanted("some_scope/some_other_scope/my3", 100, 100);
        Wanted my3b = wanted("my3b", 100, 100);
        Wanted nested = wanted("some_scope/some_other_scope/other_useful_scope/var4", 9, 9);
        Wanted[] all = {my1, my2, my3, my3b, nested};
        AssignmentMap byName = AssignmentMap.of(
                Map.of("var1", my1.name(), "useful_scope/", "some_scope/some_other_scope/other_useful_scope/"));
        assertThat(first(byName, all)).isEqualTo(Map.of(my1.name(), 1000f, nested.name(), 4000f));
        AssignmentMap byObject = AssignmentMap.EMPTY
                .and("var2", "some_scope/some_other_scope/my2")
                .and("var3", my3)
                .and("var3", my3b);
        assertThat(first(byObject, all)).isEqualTo(Map.of(my2.name(), 2000f, my3.name(), 3000f, my3b.name(), 3000f));
        assertThat(byObject)
                .hasToString("{'var2': 'some_scope/some_other_scope/my2',"
                        + " 'var3': 'some_scope/some_other_scope/my3', 'var3': 'my3b'}");
    }

    @Test
    @DisplayName("CU-06: a scope does not take one in whose name it stands")
    void cu06() throws IOException {
        AssignmentMap map = AssignmentMap.of(Map.of("useful_scope/", "useful_scope/"));
        assertThat(first(map, wanted("useful_scope/var4", 9, 9), wanted("useful_scope_1/var5", 9, 9)))
                .isEqualTo(Map.of("useful_scope/var4", 4000f));
    }

    @Test
    @DisplayName("CU-07: from the root into a scope")
    void cu07() throws IOException {
        AssignmentMap map = AssignmentMap.of(Map.of("/", "some_scope/"));
        assertThat(first(
                        map,
                        wanted("some_scope/var1", 1, 10),
                        wanted("some_scope/var2", 10, 10),
                        wanted("some_scope/var3", 100, 100),
                        wanted("some_scope/useful_scope/var4", 9, 9),
                        wanted("elsewhere/var1", 1, 10)))
                .isEqualTo(Map.of(
                        "some_scope/var1", 1000f,
                        "some_scope/var2", 2000f,
                        "some_scope/var3", 3000f,
                        "some_scope/useful_scope/var4", 4000f));
    }

    @Test
    @DisplayName("CU-08: from root to root")
    void cu08() throws IOException {
        AssignmentMap map = AssignmentMap.of(Map.of("/", "/"));
        assertThat(first(
                        map,
                        wanted("var1", 1, 10),
                        wanted("var2", 10, 10),
                        wanted("var3", 100, 100),
                        wanted("useful_scope/var4", 9, 9)))
                .isEqualTo(Map.of("var1", 1000f, "var2", 2000f, "var3", 3000f, "useful_scope/var4", 4000f));
    }

    static List<Wanted> parts(String name, int count, int rows, int columns) {
        List<Wanted> parts = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i < count; i++) {
            int length = rows / count + (i < rows % count ? 1 : 0);
            parts.add(Wanted.part(
                    name + "/part_" + i,
                    name,
                    DataType.DT_FLOAT,
                    ShapeAndSlice.parse(rows + " " + columns + " " + begin + "," + length + ":0," + columns)));
            begin += length;
        }
        return parts;
    }

    private static void append(List<Float> values, Tensor tensor) throws IOException {
        for (float value : tensor.toFloatArray()) {
            values.add(value);
        }
    }

    @Test
    @DisplayName("CU-09: parts of a partitioned variable, by name, by scope and as a list, in any number")
    void cu09() throws IOException {
        List<Wanted> five = parts("some_scope/my1", 5, 100, 100);
        List<Wanted> three = parts("some_other_scope/var3", 3, 100, 100);
        List<Wanted> all = new ArrayList<>(five);
        all.addAll(three);
        AssignmentMap byName = AssignmentMap.of(Map.of("var3", "some_scope/my1", "/", "some_other_scope/"));
        for (AssignmentMap map :
                List.of(byName, AssignmentMap.EMPTY.and("var3", five).and("var3", three))) {
            List<Float> fromFive = new ArrayList<>();
            List<Float> fromThree = new ArrayList<>();
            RestorePlan plan = map.plan(all, checkpoint);
            assertThat(plan.comparison().isComplete()).isTrue();
            plan.forEach((variable, value) -> {
                assertThat(value.shape()).isEqualTo(variable.shape().orElseThrow());
                append(variable.name().startsWith("some_scope") ? fromFive : fromThree, value);
            });
            List<Float> whole = new ArrayList<>();
            append(whole, checkpoint.tensor("var3"));
            assertThat(fromFive).containsExactlyInAnyOrderElementsOf(whole);
            assertThat(fromThree).containsExactlyInAnyOrderElementsOf(whole);
        }
    }

    @Test
    @DisplayName("CU-10: everything that may be missing, in TensorFlow's words")
    void cu10() throws IOException {
        String prefix = checkpoint.prefix();
        assertThatThrownBy(() -> Checkpoint.open(directory.resolve("no/such/model")))
                .isInstanceOf(IOException.class);
        fails(
                AssignmentMap.of(Map.of("no_var", "some_scope/my1")),
                "Tensor no_var is not found in " + prefix + " checkpoint {'useful_scope/var4': [9, 9], 'var1': [1, 10],"
                        + " 'var2': [10, 10], 'var3': [100, 100]}",
                wanted("some_scope/my1", 10, 10));
        fails(
                AssignmentMap.of(Map.of("var3", "some_scope/no_var")),
                "Assignment map with scope only name some_scope should map to scope only var3. Should be 'scope/':"
                        + " 'other_scope/'.",
                wanted("some_scope/my1", 10, 10));
        fails(
                AssignmentMap.of(Map.of("var1", "some_scope/my1")),
                "Shape of variable some_scope/my1:0 ((10, 10)) doesn't match with shape of tensor var1 ([1, 10]) from"
                        + " checkpoint reader.",
                wanted("some_scope/my1", 10, 10));
        fails(
                AssignmentMap.of(Map.of("useful_scope/", "some_scope/")),
                "Tensor useful_scope/my1 (my1 in useful_scope/) is not found in " + prefix + " checkpoint",
                wanted("some_scope/my1", 10, 10),
                wanted("some_scope/my2", 10, 10));
        fails(
                AssignmentMap.of(Map.of("useful_scope", "some_scope/")),
                "Assignment map with scope only name",
                wanted("some_scope/my1", 10, 10));
    }

    @Test
    @DisplayName("CU-11: a list of parts is of one variable")
    void cu11() {
        List<Wanted> mixed =
                List.of(parts("a", 2, 100, 100).get(0), parts("b", 2, 100, 100).get(1));
        fails(AssignmentMap.EMPTY.and("var3", mixed), "Slices must all be from the same tensor: a != b");
        List<Wanted> wholes = List.of(wanted("a", 100, 100), wanted("b", 100, 100));
        fails(AssignmentMap.EMPTY.and("var3", wholes), "Slices must all be slices: a");
    }

    @Test
    @DisplayName("CU-12: what is assigned by the tensor's name")
    void cu12() throws IOException {
        assertThat(first(AssignmentMap.of(Map.of("var1", "my1")), wanted("my1", 1, 10), wanted("other", 1, 10)))
                .isEqualTo(Map.of("my1", 1000f));
    }

    @Test
    @DisplayName("CU-13: a name without a slash that is no variable's is the root, and eats a letter")
    void cu13() throws IOException {
        fails(
                AssignmentMap.of(Map.of("useful_scope/", "nothing")),
                "Tensor useful_scope/ar4 (ar4 in useful_scope/) is not found in",
                wanted("var4", 9, 9));
        assertThat(first(AssignmentMap.of(Map.of("useful_scope/", "nothing")), wanted("xvar4", 9, 9)))
                .isEqualTo(Map.of("xvar4", 4000f));
    }

    @Test
    void theLaterAssignmentWinsByTheOrderOfTheCheckpointsNames() throws IOException {
        Wanted mine = wanted("mine", 10, 10);
        Wanted unknown = Wanted.ofUnknownShape("mine", DataType.DT_FLOAT);
        assertThat(first(AssignmentMap.EMPTY.and("var2", mine).and("var1", unknown), mine))
                .isEqualTo(Map.of("mine", 2000f));
    }

    @Test
    void whatScopesAssignIsComparedWhenThePlanIsCarriedOut() throws IOException {
        RestorePlan plan = AssignmentMap.of(Map.of("useful_scope/", "scope/"))
                .plan(List.of(wanted("scope/var4", 3, 3).asReference()), checkpoint);
        assertThatThrownBy(() -> plan.forEach((variable, value) -> {}))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining(
                        "Assign requires shapes of both tensors to match. lhs shape= [3,3] rhs shape= [9,9]");
        Wanted doubles = Wanted.of("scope/var4", DataType.DT_DOUBLE, Shape.of(9, 9));
        assertThatThrownBy(() -> AssignmentMap.of(Map.of("useful_scope/var4", "scope/var4"))
                        .plan(List.of(doubles), checkpoint)
                        .requireComplete())
                .hasMessageContaining("expected dtype double does not equal original dtype float");
    }
}
