package org.tfckpt.cli.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;
import org.tfckpt.testing.Json;

@DisplayName("What NumPy printed, we print")
class NumpyCorpusTest {
    static List<NumpyCase> generated() {
        return NumpyCase.readAll(Corpus.root().resolve("numpy/printed.jsonl"));
    }

    @Test
    void generatedCasesAreThere() {
        assertThat(generated()).hasSizeGreaterThan(500);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("generated")
    void generatedValues(NumpyCase numpyCase) throws IOException {
        assertThat(numpyCase.print()).isEqualTo(numpyCase.text());
    }

    static List<Expected> printed() {
        List<Expected> printed = Corpus.checkpoints().stream()
                .filter(expected -> expected.json().containsKey("printed"))
                .toList();
        assertThat(printed).hasSizeGreaterThan(70);
        return printed;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("printed")
    void tensorsOfCheckpoints(Expected expected) throws IOException {
        Path file = expected.directory().resolve(expected.string("printed"));
        Map<String, Object> texts = Json.object(Corpus.json(file));
        assertThat(texts).isNotEmpty();
        for (ReadOptions options : List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping())) {
            try (Checkpoint checkpoint = Checkpoint.open(expected.path(), options)) {
                for (Map.Entry<String, Object> text : texts.entrySet()) {
                    compare(checkpoint.tensor(text.getKey()), (String) text.getValue());
                }
            }
        }
    }

    private static void compare(Tensor tensor, String wanted) throws IOException {
        String text;
        try {
            text = MemoryValues.print(new TensorArray(tensor), PrintOptions.DEFAULT);
        } catch (UnsupportedFormatException e) {
            assertThat(e).hasMessageContaining("is not read yet");
            return;
        }
        assertThat(text).as(tensor.toString()).isEqualTo(wanted);
    }
}
