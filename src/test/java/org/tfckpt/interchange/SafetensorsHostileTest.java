package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.SafetensorsBuilder;

/** Files that break a rule of the format: opening each one throws the exception that names the rule. */
class SafetensorsHostileTest {
    private static final String X = "\"x\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}";

    @TempDir
    private Path directory;

    /** {@code kind} is null for a dtype that is not known. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    private record Case(String title, byte[] file, ProblemKind kind, String message) {
        @Override
        public String toString() {
            return title;
        }
    }

    private static final class Cases {
        private final List<Case> all = new ArrayList<>();

        void header(String header, int data, ProblemKind kind, String message) {
            raw(header, SafetensorsBuilder.file(header, new byte[data]), kind, message);
        }

        void raw(String title, byte[] file, ProblemKind kind, String message) {
            all.add(new Case(title, file, kind, message));
        }

        void exact(String title, byte[] header, ProblemKind kind, String message) {
            raw(title, SafetensorsBuilder.raw(header, new byte[4]), kind, message);
        }

        /** A tensor of int8 with four elements, one part of it replaced. */
        void tensor(String from, String to, ProblemKind kind, String message) {
            header("{" + X.replace(from, to) + "}", 4, kind, message);
        }
    }

    private static byte[] length(long length, int more) {
        return ByteBuffer.allocate(8 + more)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put((byte) '{')
                .put((byte) '}')
                .array();
    }

    static Stream<Case> cases() {
        Cases c = new Cases();
        ProblemKind header = ProblemKind.HEADER;
        // The length.
        c.raw("1 byte", new byte[] {1}, header, "fewer bytes");
        c.raw("length only", new byte[] {2, 0, 0, 0, 0, 0, 0, 0}, header, "fewer bytes");
        c.raw("length 0", length(0, 2), header, "not a JSON object");
        c.raw("length 1", length(1, 2), header, "not a JSON object");
        c.raw("length beyond the file", length(3, 2), header, "ends beyond the file");
        c.raw("length of 100,000,001", length(100_000_001, 2), header, "too long");
        c.raw("length of 2^63", length(Long.MIN_VALUE, 2), header, "too long");
        c.raw("length of 2^64-1", length(-1, 2), header, "too long");
        // Text that is not a JSON object.
        c.exact("blank before", (" {" + X + "}").getBytes(StandardCharsets.UTF_8), header, "not a JSON object");
        c.exact("an array", "[]      ".getBytes(StandardCharsets.UTF_8), header, "not a JSON object");
        c.exact("tab after", ("{" + X + "}\t").getBytes(StandardCharsets.UTF_8), header, "'}' and spaces");
        c.exact("line break after", ("{" + X + "}\n ").getBytes(StandardCharsets.UTF_8), header, "'}' and spaces");
        c.exact("NUL after", ("{" + X + "}\0").getBytes(StandardCharsets.UTF_8), header, "'}' and spaces");
        c.exact("blanks only", ("{" + " ".repeat(31)).getBytes(StandardCharsets.UTF_8), header, "'}' and spaces");
        c.exact("two objects", ("{" + X + "}{}").getBytes(StandardCharsets.UTF_8), header, "more follows");
        c.exact("garbage }", ("{" + X + "} x}").getBytes(StandardCharsets.UTF_8), header, "not valid");
        c.exact("UTF-16", ("{" + X + "}").getBytes(StandardCharsets.UTF_16LE), header, "'}' and spaces");
        c.exact("Latin 1", "{\"\u00e4\":{}}".getBytes(StandardCharsets.ISO_8859_1), header, "not UTF-8");
        c.exact(
                "a surrogate in UTF-8",
                "{\"\u00ed\u00a0\u0080\":{}}".getBytes(StandardCharsets.ISO_8859_1),
                header,
                "not UTF-8");
        c.exact("overlong", "{\"\u00c1\u0081\":{}}".getBytes(StandardCharsets.ISO_8859_1), header, "not UTF-8");
        c.header("{" + X + ",}", 4, header, "not valid");
        c.header("{" + X + " " + X.replace("x", "y") + "}", 4, header, "not valid");
        c.header("{'x':{}}", 0, header, "not valid");
        c.header("{/*" + "*/}", 0, header, "not valid");
        c.header("{\"x\":NaN}", 0, header, "not valid");
        c.header("{\"x", 0, header, "'}' and spaces");
        c.header("{\"x\ny\":{}}", 0, header, "not valid");
        c.header("{\"\\x41\":{}}", 0, header, "not valid");
        // Names.
        c.header("{" + X + "," + X + "}", 4, ProblemKind.KEY_ORDER, "the same name");
        c.header("{" + X + "," + X.replace("\"x\"", "\"\\u0078\"") + "}", 4, ProblemKind.KEY_ORDER, "the same name");
        c.tensor("\"x\"", "\"\\ud800\"", header, "half of a surrogate pair");
        c.tensor("\"x\"", "\"\\udc00\\ud800\"", header, "half of a surrogate pair");
        // Metadata.
        c.header("{\"__metadata__\":{},\"__metadata__\":{}}", 0, header, "appears twice");
        c.header("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, header, "appears twice");
        c.header("{\"__metadata__\":{\"a\":1}}", 0, header, "expected a string");
        c.header("{\"__metadata__\":{\"a\":null}}", 0, header, "expected a string");
        c.header("{\"__metadata__\":{\"a\":\"\\ud800\"}}", 0, header, "half of a surrogate pair");
        c.header("{\"__metadata__\":[]}", 0, header, "expected an object of strings");
        // A tensor's object.
        c.header("{\"x\":1}", 0, header, "expected an object with dtype");
        c.header("{\"x\":null}", 0, header, "expected an object with dtype");
        c.header("{\"x\":[\"I8\",[4],[0,4]]}", 4, header, "expected an object with dtype");
        c.header("{\"x\":{}}", 0, header, "needs dtype, shape and two data_offsets");
        c.tensor("\"dtype\":\"I8\",", "", header, "needs dtype");
        c.tensor("\"shape\":[4],", "", header, "needs dtype");
        c.tensor(",\"data_offsets\":[0,4]", "", header, "needs dtype");
        c.tensor("\"I8\"", "\"I8\",\"dtype\":\"I8\"", header, "a key appears twice");
        c.tensor("\"shape\":[4]", "\"shape\":[4],\"shape\":[4]", header, "a key appears twice");
        c.tensor("[0,4]", "[0,4],\"data_offsets\":[0,4]", header, "a key appears twice");
        c.tensor("\"I8\"", "\"I8\",\"more\":{\"deep\":{}}", header, "nested too deeply");
        c.tensor("\"I8\"", "\"I8\",\"more\":" + "[".repeat(200) + "]".repeat(200), header, "not valid");
        c.tensor("\"I8\"", "8", header, "expected the name of a dtype");
        c.tensor("\"I8\"", "\"Q8\"", null, "the dtype 'Q8' is not known");
        c.tensor("\"I8\"", "\"i8\"", null, "the dtype 'i8' is not known");
        c.tensor("\"I8\"", "\"\"", null, "the dtype '' is not known");
        // Shapes.
        c.tensor("[4]", "4", header, "expected a shape");
        c.tensor("[4]", "[\"4\"]", header, "expected a shape");
        c.tensor("[4]", "[4.0]", header, "expected a shape");
        c.tensor("[4]", "[4e0]", header, "expected a shape");
        c.tensor("[4]", "[-4]", header, "expected a shape");
        c.tensor("[4]", "[-0]", header, "expected a shape");
        c.tensor("[4]", "[04]", header, "not valid");
        c.tensor("[4]", "[+4]", header, "not valid");
        c.tensor("[4]", "[null]", header, "expected a shape");
        c.tensor("[4]", "[[4]]", header, "expected a shape");
        c.tensor("[4]", "[9223372036854775808]", header, "not valid");
        c.tensor("[4]", "[18446744073709551615]", header, "not valid");
        c.tensor("[4]", "[" + "9".repeat(2000) + "]", header, "not valid");
        c.tensor("[4]", "[4294967296,4294967296]", ProblemKind.SHAPE, "no tensor can have the shape");
        c.tensor("[4]", "[4294967296,4294967296,0]", ProblemKind.SHAPE, "no tensor can have the shape");
        c.tensor("[4]", "[9223372036854775807]", ProblemKind.SHAPE, "no tensor can have the shape");
        c.tensor("[4]", "[1" + ",1".repeat(254) + "]", ProblemKind.SHAPE, "more than 254 dimensions");
        c.tensor("[4]", "[3]", ProblemKind.SIZE, "do not fit dtype and shape");
        c.tensor("[4]", "[0]", ProblemKind.SIZE, "do not fit dtype and shape");
        c.tensor("\"I8\"", "\"I64\"", ProblemKind.SIZE, "do not fit dtype and shape");
        c.tensor("\"I8\",\"shape\":[4]", "\"F4\",\"shape\":[7]", ProblemKind.SIZE, "do not fit dtype and shape");
        // Offsets.
        c.tensor("[0,4]", "[0]", header, "needs dtype, shape and two data_offsets");
        c.tensor("[0,4]", "[0,4,4]", header, "needs dtype, shape and two data_offsets");
        c.tensor("[0,4]", "[]", header, "needs dtype, shape and two data_offsets");
        c.tensor("[0,4]", "[-1,3]", header, "expected two offsets");
        c.tensor("[0,4]", "[\"0\",\"4\"]", header, "expected two offsets");
        c.tensor("[0,4]", "[0,4.0]", header, "expected two offsets");
        c.tensor("[0,4]", "[4,0]", ProblemKind.ENTRY, "no range");
        c.tensor("[0,4]", "[9223372036854775803,9223372036854775807]", ProblemKind.ENTRY, "no range");
        c.tensor("[0,4]", "[1,5]", ProblemKind.UNUSED_BYTES, "belong to no tensor");
        // The data as a whole.
        c.header("{" + X + "}", 3, ProblemKind.TRUNCATED, "ends before its tensors");
        c.header("{" + X + "}", 0, ProblemKind.TRUNCATED, "ends before its tensors");
        c.header("{" + X + "}", 5, ProblemKind.UNUSED_BYTES, "more follows the last tensor");
        c.header("{}", 1, ProblemKind.UNUSED_BYTES, "more follows the last tensor");
        String y = X.replace("\"x\"", "\"y\"");
        c.header("{" + X + "," + y + "}", 4, ProblemKind.OVERLAP, "share bytes");
        c.header("{" + X + "," + y.replace("[0,4]", "[3,7]") + "}", 7, ProblemKind.OVERLAP, "share bytes");
        c.header("{" + X + "," + y.replace("[0,4]", "[5,9]") + "}", 9, ProblemKind.UNUSED_BYTES, "no tensor");
        String empty = "\"e\":{\"dtype\":\"I8\",\"shape\":[0],\"data_offsets\":[2,2]}";
        c.header("{" + X + "," + empty + "}", 4, ProblemKind.OVERLAP, "share bytes");
        return c.all.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefused(Case hostile) throws IOException {
        Path file = Files.write(directory.resolve("hostile.safetensors"), hostile.file);
        assertThatThrownBy(() -> Checkpoint.open(file).close())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(hostile.message)
                .hasMessageContaining("hostile.safetensors")
                .satisfies(e -> {
                    if (hostile.kind == null) {
                        assertThat(e).isInstanceOf(UnsupportedFormatException.class);
                    } else {
                        assertThat(e).isInstanceOf(DataLossException.class);
                        assertThat(((DataLossException) e).kind()).isEqualTo(hostile.kind);
                    }
                });
    }

    @Test
    void thereAreEnough() {
        assertThat(cases()).hasSizeGreaterThan(80);
    }

    /** The number of digits, spaces or nested brackets costs neither memory nor more than linear time. */
    @Test
    void longTextIsReadInLinearTime() throws IOException {
        String blanks = " ".repeat(3_000_000);
        for (String header : List.of(
                "{" + X + "}" + blanks,
                "{" + blanks + X + "}",
                "{" + X.replace("[4]", "[" + "4,".repeat(1_000_000) + "4]") + "}",
                "{" + X.replace("\"I8\"", "\"I8\",\"x\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000)) + "}")) {
            Path file =
                    Files.write(directory.resolve("long.safetensors"), SafetensorsBuilder.file(header, new byte[4]));
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                assertThat(checkpoint.tensor("x").toIntArray()).hasSize(4);
            } catch (DataLossException e) {
                assertThat(e.kind()).isIn(ProblemKind.SHAPE, ProblemKind.HEADER);
            }
        }
    }
}
