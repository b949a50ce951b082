package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Json;

/** A checkpoint of TensorFlow is compared with the names and shapes of another framework, and converted as suggested. */
class CompareFrameworksTest {
    private static final String BERT = ToolRun.testdata("real/keras-bert-tiny/bert_model.ckpt");

    @TempDir
    private Path directory;

    private static List<String> words(String command) {
        return Pattern.compile("'([^']*)'|(\\S+)")
                .matcher(command)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toList();
    }

    private static ToolRun paste(ToolRun compared, String command, Path target) {
        String line = compared.lines().stream()
                .filter(text -> text.startsWith("  tfckpt " + command))
                .findFirst()
                .orElseThrow();
        List<String> words = words(line.strip().replace("FILE.safetensors", target.toString()));
        return ToolRun.of(words.subList(1, words.size()).toArray());
    }

    /** Prints the names and shapes of a file as PyTorch does. */
    private Path stateDict(Path file) throws IOException {
        String text = ToolRun.of("ls", file).lines().stream()
                .map(line -> line.replaceFirst(" \\(DT_FLOAT\\) (\\[.*\\])", " torch.Size($1)"))
                .collect(Collectors.joining("\n"));
        return Files.writeString(directory.resolve("state_dict.txt"), text);
    }

    @Test
    void aRecipeIsSuggestedAndConverts() throws IOException {
        Path expected = directory.resolve("expected.safetensors");
        ToolRun.of("convert", BERT, "--recipe", "bert", "-o", expected);
        Path text = stateDict(expected);
        ToolRun run = ToolRun.of("compare", text, BERT);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines()).contains("  --recipe bert   finds 46 variables").noneMatch("in Python:"::equals);
        assertThat(paste(run, "compare", directory).code()).isZero();
        Path converted = directory.resolve("converted.safetensors");
        assertThat(paste(run, "convert", converted).code()).isZero();
        assertThat(converted).hasSameBinaryContentAs(expected);
        assertThat(Json.object(
                        ToolRun.of("compare", "--json", text, BERT).json().get("plan")))
                .containsEntry("recipe", "bert")
                .containsEntry("complete", true)
                .containsEntry("transpose", List.of());
    }

    /** Square kernels have to be transposed like the others, although their shapes do not tell. */
    @Test
    void rulesAndATranspositionAreSuggestedForAModelWithoutRecipe() throws IOException {
        Path renamed = directory.resolve("renamed");
        ToolRun.of("rewrite", BERT, "--exclude", "**/adam_*", "--rename", "s#^bert/#m/#;s#^cls/#head/#", "-o", renamed);
        Path expected = directory.resolve("expected.safetensors");
        ToolRun.of("convert", BERT, "--recipe", "bert", "-o", expected);
        ToolRun.of("convert", expected, "--rename", "s/^bert/m/;s/^cls/head/", "--force", "-o", expected);
        Path text = stateDict(expected);
        ToolRun run = ToolRun.of("compare", text, renamed);
        assertThat(run.lines())
                .contains("  --transpose '**/kernel'   gives 4 variables the right shape (and transposes 10 whose"
                        + " shape does not show it)");
        assertThat(paste(run, "compare", directory).code()).isZero();
        Path converted = directory.resolve("converted.safetensors");
        assertThat(paste(run, "convert", converted).code()).isZero();
        assertThat(converted).hasSameBinaryContentAs(expected);
        assertThat(Json.object(
                        ToolRun.of("compare", "--json", text, renamed).json().get("plan")))
                .containsEntry("recipe", null)
                .containsEntry("transpose", List.of("**/kernel"));
    }

    private Path checkpoint(Map<String, Shape> tensors) throws IOException {
        Path prefix = directory.resolve("ckpt");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (String name : tensors.keySet().stream().sorted().toList()) {
                float[] values = new float[(int) tensors.get(name).elements()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = i;
                }
                out.add(name, tensors.get(name), ValueSource.of(values));
            }
            out.finish();
        }
        return prefix;
    }

    @Test
    void convolutionsGetTheirOwnOrder() throws IOException {
        Path prefix = checkpoint(Map.of(
                "conv1/kernel", Shape.of(3, 3, 1, 8),
                "conv2/kernel", Shape.of(3, 3, 8, 16),
                "wide/kernel", Shape.of(5, 7, 8, 16),
                "depth/depthwise_kernel", Shape.of(3, 3, 16, 1),
                "fc1/kernel", Shape.of(20, 10),
                "fc2/kernel", Shape.of(10, 10),
                "fc2/bias", Shape.of(10),
                "emb/weight", Shape.of(30, 4)));
        Path text = Files.writeString(directory.resolve("torch.txt"), """
                conv1.weight torch.Size([8, 1, 3, 3])
                conv2.weight torch.Size([16, 8, 3, 3])
                wide.weight torch.Size([16, 8, 5, 7])
                depth.weight torch.Size([16, 1, 3, 3])
                fc1.weight torch.Size([10, 20])
                fc2.weight torch.Size([10, 10])
                fc2.bias torch.Size([10])
                emb.weight torch.Size([30, 4])
                """);
        ToolRun run = ToolRun.of("compare", text, prefix);
        assertThat(paste(run, "compare", directory).code()).as(run.out()).isZero();
        Path converted = directory.resolve("c.safetensors");
        assertThat(paste(run, "convert", converted).code()).as(run.out()).isZero();
        try (Checkpoint result = Checkpoint.open(converted)) {
            // The element at [out 5, in 2, height 1, width 2] of HWIO [3,3,8,16].
            assertThat(result.tensor("conv2.weight").slice("5,1:2,1:1,1:2,1").toFloatArray())
                    .containsExactly(((1 * 3 + 2) * 8 + 2) * 16 + 5);
            assertThat(result.tensor("depth.weight").slice("9,1:0,1:2,1:1,1").toFloatArray())
                    .containsExactly((2 * 3 + 1) * 16 + 9);
            assertThat(result.tensor("fc2.weight").slice("3,1:7,1").toFloatArray())
                    .containsExactly(73);
            assertThat(result.tensor("emb.weight").slice("3,1:1,1").toFloatArray())
                    .containsExactly(13);
        }
    }

    /** Where names are equal, shapes alone are reported; a matrix that fits as it is must not be transposed. */
    @Test
    void aTransposeIsReportedAndTensorsThatFitKeepTheirAxes() throws IOException {
        Path prefix = checkpoint(Map.of(
                "a/kernel", Shape.of(3, 4),
                "b/kernel", Shape.of(3, 4),
                "c/kernel", Shape.of(2, 3, 4),
                "d/kernel", Shape.of(2, 2, 3)));
        Path text = Files.writeString(directory.resolve("wanted.txt"), """
                a/kernel torch.Size([4, 3])
                b/kernel torch.Size([3, 4])
                c/kernel torch.Size([3, 2, 4])
                d/kernel torch.Size([2, 3, 2])
                """);
        ToolRun run = ToolRun.of("compare", text, prefix);
        assertThat(run.lines())
                .contains(
                        "  a/kernel: wanted [4,3], found [3,4], its transpose",
                        "  c/kernel: wanted [3,2,4], found [2,3,4], which is the same with axes in the order [1, 0, 2]",
                        "  d/kernel: wanted [2,3,2], found [2,2,3]",
                        "  --transpose a/kernel   gives 1 variable the right shape",
                        "  --exclude d/kernel   leaves out 1 variable");
        assertThat(run.out()).contains("=1,0,2   gives 1 variable the right shape");
        List<Map<String, Object>> mismatches =
                Json.list(ToolRun.of("compare", "--json", text, prefix).json().get("shape_mismatch"));
        assertThat(mismatches.get(0))
                .hasToString("{variable=a/kernel, tensor=a/kernel, wanted=[4, 3], found=[3, 4], transpose=[1, 0]}");
        assertThat(mismatches.get(2)).doesNotContainKey("transpose");
        assertThat(ToolRun.of("compare", "--transpose", "a/kernel", "--exclude", "re:^[cd]/", text, prefix)
                        .code())
                .isZero();
    }

    @Test
    void otherRecipesAreFound() throws IOException {
        String recipe = "gpt2";
        Path prefix = checkpoint(Map.of(
                "model/h0/attn/c_attn/w", Shape.of(1, 4, 12),
                "model/wte", Shape.of(9, 4),
                "model/h0/ln_1/g", Shape.of(4)));
        Path expected = directory.resolve("expected.safetensors");
        ToolRun.of("convert", prefix, "--recipe", recipe, "-o", expected);
        ToolRun run = ToolRun.of("compare", stateDict(expected), prefix);
        assertThat(run.out()).contains("  --recipe " + recipe + "   finds 3 variables");
        Path converted = directory.resolve("converted.safetensors");
        assertThat(paste(run, "convert", converted).code()).isZero();
        assertThat(converted).hasSameBinaryContentAs(expected);
    }

    @Test
    void aModelOfKerasIsComparedByFullNames() throws IOException {
        String tf2 = ToolRun.testdata("story/tf2");
        ToolRun names = ToolRun.of("compare", tf2, tf2, "--names", "full", "--json");
        List<Map<String, Object>> matched = Json.list(names.json().get("matched"));
        StringBuilder text = new StringBuilder();
        for (Map<String, Object> variable : matched) {
            List<Object> shape = new ArrayList<>(Json.<Object>list(variable.get("shape")));
            java.util.Collections.reverse(shape);
            text.append(variable.get("variable") + " torch.Size(" + shape + ")\n");
        }
        Path file = Files.writeString(directory.resolve("reversed.txt"), text);
        ToolRun run = ToolRun.of("compare", file, tf2, "--no-slots");
        assertThat(run.out()).as(text.toString()).contains("--transpose ");
        assertThat(paste(run, "compare", directory).code()).as(run.out()).isZero();
        Path converted = directory.resolve("converted.safetensors");
        ToolRun pasted = paste(run, "convert", converted);
        assertThat(pasted.code()).as(pasted.err()).isZero();
    }
}
