package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.testing.SafetensorsBuilder;

/** The JSON of a header, in the value of a key that is ignored: what is accepted is what Jackson accepts. */
class SafetensorsJsonTest {
    private static final String[] VALUES = {
        "\"text\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uD83d\\ude00\"",
        "[1,-2,0.5,-0.25e+10,1E-3,0]",
        "[true,false,null]",
        "{\"a\":1,\"b\":\"c\"}",
        "[]",
        "{}",
        " [ 1 , 2 ] ",
        "-0",
        "12345678901234567890"
    };
    private static final String ALPHABET = "\"\\[]{},:01e.+-tn/u \n";

    @TempDir
    private Path directory;

    private Path file(String value) throws IOException {
        String header = "{\"x\":{\"dtype\":\"I8\",\"more\":" + value + ",\"shape\":[1],\"data_offsets\":[0,1]}}";
        return Files.write(directory.resolve("a.safetensors"), SafetensorsBuilder.file(header, new byte[1]));
    }

    private static boolean isValid(byte[] header) throws IOException {
        int depth = 0;
        try (JsonParser json = new JsonFactory().createParser(header)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                if (depth > 3 || !TensorNames.isUtf8(String.valueOf(json.getText()))) {
                    return false;
                }
            }
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private boolean opens(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return checkpoint.tensors().map(TensorInfo::name).toList().contains("x");
        } catch (DataLossException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void changedTextIsAcceptedIfItIsValid(long seed) throws IOException {
        Random random = new Random(seed);
        int accepted = 0;
        for (int i = 0; i < 1000; i++) {
            StringBuilder value = new StringBuilder(VALUES[random.nextInt(VALUES.length)]);
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                int at = random.nextInt(value.length() + 1);
                int end = Math.min(value.length(), at + random.nextInt(2));
                value.replace(at, end, String.valueOf(ALPHABET.charAt(random.nextInt(ALPHABET.length()))));
            }
            Path file = file(value.toString());
            byte[] bytes = Files.readAllBytes(file);
            boolean valid = isValid(Arrays.copyOfRange(bytes, 8, bytes.length - 1));
            assertThat(opens(file)).as(value.toString()).isEqualTo(valid);
            accepted += valid ? 1 : 0;
        }
        assertThat(accepted).isBetween(50, 950);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tru",
                "nul",
                "+1",
                "01",
                "1.",
                ".5",
                "1e",
                "-",
                "\"\\u12g4\"",
                "\"\\u",
                "[1 2]",
                "{1:2}",
                "{\"a\" 1}"
            })
    void whatIsNotJsonIsRefused(String value) throws IOException {
        Path file = file(value);
        assertThatThrownBy(() -> Checkpoint.open(file).close())
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("the header is not valid");
    }

    /** Every string is checked, also one that is ignored, and one that is longer than a buffer. */
    @Test
    void everyStringIsUnicode() throws IOException {
        String text = "\u00e4\u20ac\ud83d\ude00".repeat(3000);
        byte[] bytes = Files.readAllBytes(file("\"" + text + "\""));
        Path file = Files.write(directory.resolve("b.safetensors"), bytes);
        assertThat(opens(file)).isTrue();
        int at = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf('\u00e2');
        bytes[at] = 'a';
        Files.write(file, bytes);
        assertThatThrownBy(() -> Checkpoint.open(file).close()).hasMessageContaining("not UTF-8");
    }
}
