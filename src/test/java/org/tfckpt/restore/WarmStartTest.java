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
import org.tfckpt.testing.BundleBuilder;

@DisplayName("warm_start, without vocabularies")
class WarmStartTest {
    @TempDir
    Path directory;

    private static final List<Wanted> VARIABLES = List.of(
            wanted("scope/w", 2),
            wanted("scope/b", 3),
            wanted("xscope/scope/w", 2),
            wanted("global_step").asNotTrainable());

    private Checkpoint checkpoint() throws IOException {
        BundleBuilder builder = new BundleBuilder();
        counting(builder, "scope/w", 10, 2);
        counting(builder, "scope/b", 20, 3);
        counting(builder, "xscope/scope/w", 30, 2);
        counting(builder, "global_step", 40);
        counting(builder, "old/w", 50, 2);
        counting(builder, "big", 60, 6, 2);
        return TestCheckpoints.open(builder, directory);
    }

    private static Map<String, Float> first(WarmStart start, List<Wanted> variables, Checkpoint checkpoint)
            throws IOException {
        Map<String, Float> first = new HashMap<>();
        start.plan(variables, checkpoint)
                .forEach((variable, value) -> first.put(variable.variable(), value.toFloatArray()[0]));
        return first;
    }

    private Map<String, Float> first(WarmStart start) throws IOException {
        try (Checkpoint checkpoint = checkpoint()) {
            return first(start, VARIABLES, checkpoint);
        }
    }

    @Test
    @DisplayName("WS-01: by default all trainable variables")
    void ws01() throws IOException {
        assertThat(first(WarmStart.trainable()))
                .isEqualTo(Map.of("scope/w", 10f, "scope/b", 20f, "xscope/scope/w", 30f));
    }

    @Test
    @DisplayName("WS-02: those that match from the beginning of name:0")
    void ws02() throws IOException {
        assertThat(first(WarmStart.trainable("scope/.*"))).isEqualTo(Map.of("scope/w", 10f, "scope/b", 20f));
        assertThat(first(WarmStart.trainable("scope/w:0$"))).isEqualTo(Map.of("scope/w", 10f));
        assertThat(first(WarmStart.trainable("scope/w$"))).isEmpty();
        assertThat(first(WarmStart.trainable("global_step"))).isEmpty();
    }

    @Test
    @DisplayName("WS-03: a list chooses among all variables")
    void ws03() throws IOException {
        assertThat(first(WarmStart.global(List.of("global_step", "scope/w", "scope"))))
                .isEqualTo(Map.of("global_step", 40f, "scope/w", 10f, "scope/b", 20f));
    }

    @Test
    @DisplayName("WS-04: variables themselves")
    void ws04() throws IOException {
        assertThat(first(WarmStart.of(VARIABLES.subList(1, 2)))).isEqualTo(Map.of("scope/b", 20f));
    }

    @Test
    @DisplayName("WS-05: another name before")
    void ws05() throws IOException {
        assertThat(first(WarmStart.trainable("scope/w").previousNames(Map.of("scope/w", "old/w"))))
                .isEqualTo(Map.of("scope/w", 50f));
    }

    @Test
    @DisplayName("WS-06: two variables from one tensor")
    void ws06() throws IOException {
        assertThat(first(WarmStart.trainable(".*/w").previousNames(Map.of("scope/w", "xscope/scope/w"))))
                .isEqualTo(Map.of("scope/w", 30f, "xscope/scope/w", 30f));
    }

    @Test
    @DisplayName("WS-07: a name for a variable that is not chosen")
    void ws07() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> first(WarmStart.trainable("scope/w").previousNames(Map.of("scope/v", "old/w"))))
                .withMessage("You provided the following variables in var_name_to_prev_var_name that were not used:"
                        + " {'scope/v'}.  Perhaps you misspelled them?  Here is the list of viable variable names:"
                        + " {'scope/w'}");
    }

    @Test
    @DisplayName("WS-08: None starts nothing")
    void ws08() throws IOException {
        assertThat(first(WarmStart.nothing())).isEmpty();
    }

    @Test
    @DisplayName("WS-09: an object-based checkpoint by full names, which has to have all")
    void ws09() throws IOException {
        BundleBuilder builder = new BundleBuilder();
        String key = "layer/kernel/.ATTRIBUTES/VARIABLE_VALUE";
        counting(builder, key, 10, 2);
        TestCheckpoints.objects(builder, Map.of("scope/w", key));
        try (Checkpoint checkpoint = TestCheckpoints.open(builder, directory)) {
            assertThat(first(WarmStart.trainable("scope/w"), VARIABLES, checkpoint))
                    .isEqualTo(Map.of("scope/w", 10f));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> first(WarmStart.trainable("scope"), VARIABLES, checkpoint))
                    .withMessage("Attempting to warm-start from an object-based checkpoint, but found that the"
                            + " checkpoint did not contain values for all variables. The following variables were"
                            + " missing: {'scope/b'}");
        }
    }

    @Test
    @DisplayName("WS-10: parts of a partitioned variable read their slices")
    void ws10() throws IOException {
        try (Checkpoint checkpoint = checkpoint()) {
            List<Wanted> parts = AssignmentMapTest.parts("big", 3, 6, 2);
            assertThat(first(WarmStart.trainable(), parts, checkpoint))
                    .isEqualTo(Map.of("big/part_0", 60f, "big/part_1", 64f, "big/part_2", 68f));
        }
    }
}
