package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;

class SuggestedPlanTest {
    private final List<Wanted> variables = new ArrayList<>();
    private final List<TensorInfo> tensors = new ArrayList<>();

    private static TensorInfo tensor(String name, long... shape) {
        return new TensorInfo(name, DataType.DT_FLOAT.number(), Shape.of(shape), null, List.of());
    }

    /** Adds a variable that the checkpoint has. */
    private void found(String... names) {
        for (String name : names) {
            variables.add(wanted(name, 3));
            tensors.add(tensor(name, 3));
        }
    }

    /** Adds a variable that the checkpoint does not have, under no name. */
    private void missing(String... names) {
        for (String name : names) {
            variables.add(wanted(name, 7, 11));
        }
    }

    private SuggestedPlan plan() {
        return SuggestedPlan.of(Comparison.of(variables, tensors, NameMapping.NONE, List.of()));
    }

    /** Gives the plan's options as a user would, and returns the plan's patterns. */
    private List<String> pasted() {
        SuggestedPlan plan = plan();
        NameMapping mapping = NameMapping.NONE;
        for (SuggestedRule rule : plan.rules()) {
            mapping = mapping.then(NameMapping.sed(rule.rule()));
        }
        List<String> patterns =
                plan.exclusions().stream().map(SuggestedExclusion::pattern).toList();
        Comparison comparison = Comparison.of(
                variables,
                tensors,
                mapping,
                patterns.stream().map(NamePattern::of).toList());
        assertThat(comparison.isComplete()).as("%s", patterns).isTrue();
        assertThat(comparison.idleExclusions()).isEmpty();
        assertThat(comparison.matched()).hasSameSizeAs(tensors);
        assertThat(plan.isComplete()).isTrue();
        assertThat(plan.comparison().toString()).isEqualTo(comparison.toString());
        return patterns;
    }

    @Test
    void whatFitsNeedsNoChange() {
        found("a/w", "b/w");

        assertThat(pasted()).isEmpty();
        assertThat(plan().notRestored()).hasValue(List.of());
    }

    @Test
    void aScopeIsExcludedAsAWhole() {
        found("dis/conv/w", "dis/conv/b");
        missing("gen/conv/w", "gen/conv/b", "gen/fc/w");

        assertThat(pasted()).containsExactly("gen/**");
        assertThat(plan().exclusions())
                .containsExactly(new SuggestedExclusion("gen/**", List.of("gen/conv/w", "gen/conv/b", "gen/fc/w")));
        assertThat(plan().notRestored()).hasValue(List.of("gen/**"));
    }

    @Test
    void aSingleVariableIsExcludedByItsName() {
        found("gen/conv/w", "step_1");
        missing("gen/conv/b", "step_2");

        assertThat(pasted()).containsExactlyInAnyOrder("gen/conv/b", "step_2");
    }

    @Test
    void numbersAreLeftOpen() {
        for (int i = 0; i < 6; i++) {
            found("BoxPredictor_" + i + "/BoxEncodingPredictor/weights");
            missing("BoxPredictor_" + i + "/ClassPredictor/weights", "BoxPredictor_" + i + "/ClassPredictor/biases");
        }

        assertThat(pasted()).containsExactly("BoxPredictor_*/ClassPredictor/**");
    }

    @Test
    void numbersAreLeftOpenOnlyWhereAllAreMissing() {
        for (int i = 0; i < 6; i++) {
            found("block_" + i + "/w");
            if (i % 2 == 0) {
                found("block_" + i + "/adapter/w");
            } else {
                missing("block_" + i + "/adapter/w");
            }
        }

        assertThat(pasted()).containsExactly("block_1/adapter/w", "block_3/adapter/w", "block_5/adapter/w");
    }

    @Test
    void theEndsOfNamesAreUsedWhereManyScopesDiffer() {
        for (String scope : List.of("a", "b/c", "d/e", "e/f/g", "h/i/j", "i/j", "k/l/m/n")) {
            found(scope + "/w");
            missing(scope + "/w/Custom", scope + "/w/Custom_1");
        }

        assertThat(pasted())
                .hasSizeLessThanOrEqualTo(2)
                .allSatisfy(glob -> assertThat(glob).startsWith("**/"));
    }

    @Test
    void anotherShapeOrDtypeIsExcludedToo() {
        found("net/w");
        variables.add(wanted("net/logits/w", 5, 3));
        tensors.add(tensor("net/logits/w", 5, 4));
        variables.add(Wanted.of("step", DataType.DT_INT32, Shape.of()));
        tensors.add(tensor("step"));

        SuggestedPlan plan = plan();
        assertThat(plan.exclusions()).extracting(SuggestedExclusion::pattern).containsExactly("step", "net/logits/w");
        assertThat(plan.isComplete()).isTrue();
    }

    @Test
    void rulesComeFirst() {
        for (String name : List.of("conv/w", "conv/b", "fc/w")) {
            variables.add(wanted("new/" + name, 3));
            tensors.add(tensor("old/" + name, 3));
        }
        missing("head/w");

        assertThat(pasted()).containsExactly("head/w");
        assertThat(plan().rules()).extracting(SuggestedRule::rule).containsExactly("s#^new/#old/#");
    }

    @Test
    void slotsAreLeftOutTogether() {
        found("a/w", "b/w");
        variables.add(wanted("a/w/Adam", 3));
        variables.add(wanted("a/w/Adam_1", 3));
        variables.add(wanted("b/w/Adam", 3));

        assertThat(plan().withoutSlots()).isTrue();
        assertThat(plan().exclusions()).isEmpty();
        assertThat(plan().isComplete()).isTrue();

        missing("head/w");

        assertThat(plan().withoutSlots()).isTrue();
        assertThat(plan().exclusions()).extracting(SuggestedExclusion::pattern).containsExactly("head/w");
        assertThat(plan().notRestored()).isPresent();
    }

    @Test
    void slotsThatAreFoundAreKept() {
        found("a/w", "b/w", "a/w/Adam");
        variables.add(wanted("b/w/Adam", 3));
        missing("head/w");

        assertThat(plan().withoutSlots()).isFalse();
        assertThat(pasted()).containsExactlyInAnyOrder("b/w/Adam", "head/w");
    }

    @Test
    void aFewPatternsAreBetterThanToLeaveOutStateThatIsFound() {
        found("a/w", "b/w", "a/w/Momentum", "b/w/Momentum");
        variables.add(wanted("SGD/learning_rate"));
        variables.add(wanted("SGD/momentum"));

        assertThat(plan().withoutSlots()).isFalse();
        assertThat(pasted()).containsExactly("SGD/**");
        assertThat(plan().comparison().matched()).hasSize(4);
    }

    @Test
    void manyPatternsForStateOfOptimizersAreNotBetter() {
        for (char c = 'a'; c <= 'z'; c++) {
            found(c + "/w" + c);
            if (c % 2 == 0) {
                found(c + "/w" + c + "/Momentum");
            } else {
                variables.add(wanted(c + "/w" + c + "/Momentum", 3));
            }
        }

        assertThat(plan().withoutSlots()).isTrue();
        assertThat(plan().exclusions()).isEmpty();
        assertThat(plan().isComplete()).isTrue();
    }

    @Test
    void aSuffixIsExcludedByOnePattern() {
        for (String name : List.of("kernel", "scale", "k", "o", "q", "v")) {
            found("layer_0/" + name, "layer_1/" + name);
            missing("layer_0/" + name + "_slice_0", "layer_1/" + name + "_slice_0");
        }
        missing("embedding_slice_0");

        assertThat(pasted()).containsExactly("**_slice_0");
    }

    @Test
    void singleVariablesAreNotListedIfSomeAreLeft() {
        for (int i = 0; i < 400; i++) {
            String name = "net/" + Integer.toString(i * 7919 % 46656, 36) + "/w" + i;
            if (i % 3 == 0) {
                missing(name);
            } else {
                found(name);
            }
        }
        missing("aux/a", "aux/b");

        assertThat(plan().isComplete()).isFalse();
        assertThat(plan().exclusions())
                .extracting(SuggestedExclusion::pattern)
                .contains("aux/**")
                .allMatch(pattern -> pattern.contains("*"));
    }

    @Test
    void partsAreExcludedByTheNameOfTheWhole() {
        found("w");
        for (String part : List.of("0,2", "2,2")) {
            variables.add(Wanted.part(
                    "emb/part_" + part.charAt(0) / '2',
                    "emb",
                    DataType.DT_FLOAT,
                    ShapeAndSlice.parse("4 3 " + part + ":0,3")));
        }

        assertThat(pasted()).containsExactly("emb");
        assertThat(plan().notRestored())
                .hasValueSatisfying(globs -> assertThat(globs).hasSize(1));
    }

    @Test
    void oddNamesAreMatchedNevertheless() {
        found("w", "x y/w");
        missing("re:a/b", "x y/a*b?", "new\nline/w", "caf\u00e9/w", "byte\udcff/w");

        assertThat(pasted()).hasSize(5).contains("?e:a/b", "x y/a*b?", "new?line/w", "caf\u00e9/w", "byte?/w");
    }

    @Test
    void nothingIsExcludedWhereNothingWouldBeLeft() {
        missing("a/w", "b/w");
        tensors.add(tensor("c", 1));

        assertThat(plan().exclusions()).isEmpty();
        assertThat(plan().isComplete()).isFalse();
    }

    @Test
    void withoutAShortListThePlanIsIncomplete() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            found(Long.toString(random.nextLong() >>> 1, 36).replaceAll("[0-9]", "x"));
            missing(Long.toString(random.nextLong() >>> 1, 36).replaceAll("[0-9]", "x"));
        }

        assertThat(plan().isComplete()).isFalse();
        assertThat(plan().exclusions()).hasSizeLessThan(100);
    }

    /** The bound is for a busy machine; it takes a few seconds by itself. */
    @Test
    @Timeout(120)
    void manyVariablesTakeSeconds() {
        for (int i = 0; i < 20_000; i++) {
            found("model/block_" + i / 10 + "/layer_" + i % 10 + "/kernel");
            missing("model/block_" + i / 10 + "/layer_" + i % 10 + "/adapter/kernel");
        }

        assertThat(pasted()).containsExactly("model/block_*/layer_*/adapter/kernel");
    }

    @Test
    @Timeout(120)
    void hostileNamesTakeSeconds() {
        for (int i = 0; i < 500; i++) {
            found("a1".repeat(240) + i);
            missing("a1".repeat(240) + "b" + i, "*a".repeat(100) + i, ("x" + i + "/").repeat(100));
        }

        assertThat(plan().exclusions()).hasSizeLessThan(100);
    }
}
