package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.proto.GraphDef;
import org.tfckpt.proto.MetaGraphDef;
import org.tfckpt.proto.SavedModel;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.testing.Corpus;

class TextFormatReaderTest {
    /** Kept: a logger that nobody holds is forgotten, and its level with it. It would report what the texts have more. */
    private static final Logger PROTOBUF = Logger.getLogger(TextFormat.class.getName());

    private static final long LARGE = 70_000;

    @BeforeAll
    static void quiet() {
        PROTOBUF.setLevel(Level.OFF);
    }

    static List<Path> files() {
        try (Stream<Path> files = Files.walk(Corpus.root())) {
            return files.filter(file -> file.getFileName()
                            .toString()
                            .matches("(saved_model\\.pb|.*\\.meta|.*graph.*\\.pb|.*\\.pbtxt)(\\.gz)?"))
                    // Text takes protobuf its time; what the larger ones have is in the smaller ones, too.
                    .filter(file ->
                            file.toString().contains(".pbtxt") || file.toFile().length() < LARGE)
                    // Damaged upstream.
                    .filter(file -> !file.endsWith("bundle/00000000/export.meta"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Message empty(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("saved_model")
                ? SavedModel.getDefaultInstance()
                : name.contains(".meta") ? MetaGraphDef.getDefaultInstance() : GraphDef.getDefaultInstance();
    }

    private static Message transcoded(byte[] text, Message empty) throws IOException {
        byte[] wire = TextFormatReader.toWire(MemorySource.of(text), empty.getDescriptorForType(), field -> true);
        return empty.getParserForType().parseFrom(wire);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void likeProtobuf(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Corpus.open(file)) {
            bytes = in.readAllBytes();
        }
        Message empty = empty(file);
        if (file.toString().contains(".pbtxt")) {
            Message.Builder wanted = empty.newBuilderForType();
            TextFormat.Parser.newBuilder()
                    .setAllowUnknownFields(true)
                    .build()
                    .merge(new String(bytes, StandardCharsets.UTF_8), wanted);
            assertThat(transcoded(bytes, empty)).isEqualTo(wanted.build());
        } else {
            // Fields that we have no names for are printed by their numbers.
            String text =
                    TextFormat.printer().printToString(empty.getParserForType().parseFrom(bytes));
            assertThat(transcoded(text.getBytes(StandardCharsets.UTF_8), empty))
                    .isEqualTo(DiscardUnknownFieldsParser.wrap(empty.getParserForType())
                            .parseFrom(bytes));
        }
    }

    private static TensorProto tensor(String text) throws IOException {
        Message.Builder wanted = TensorProto.newBuilder();
        TextFormat.getParser().merge(text, wanted);
        Message found = transcoded(text.getBytes(StandardCharsets.UTF_8), TensorProto.getDefaultInstance());
        assertThat(found).isEqualTo(wanted.build());
        return (TensorProto) found;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " # nothing but a comment",
                "dtype: DT_FLOAT",
                "dtype: 3, version_number: -5;",
                "tensor_shape { dim { size: 0x1F } dim: { size: 017 } dim < size: -1 > }",
                "tensor_shape { dim [ { size: 1 }, < size: 2 > ] unknown_rank: true }",
                "tensor_shape { dim [] }",
                "float_val: [1, -2.5, 3e10, 1.5f, inf, -inf, 1E-3] float_val: 4 double_val: [1.25, infinity]",
                "bool_val: [true, false, t, f, 1, 0, True, False]",
                "string_val: 'a' string_val: \"b\" 'c' \n \"d\" string_val: ['x', \"y\" 'z']",
                "string_val: \"\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\?\\0\\12\\377\\x4\\xfF\\u00e9\\U0001F600é\"",
                "int64_val: [] uint64_val: 18446744073709551615 int64_val: -9223372036854775808",
                "variant_val { type_name: 'n' tensors { int_val: [1, 2] tensors_are_fine: 1 } }"
            })
    void formsOfValues(String text) throws IOException {
        if (text.contains("fine")) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            TensorProto found = (TensorProto) transcoded(bytes, TensorProto.getDefaultInstance());
            assertThat(found.getVariantVal(0).getTensors(0).getIntValList()).containsExactly(1, 2);
        } else {
            assertThat(tensor(text)).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unknown: 1",
                "unknown: -1.5e-3",
                "unknown: - 1",
                "unknown: 'text with } and \\' in it' \"and more\"",
                "unknown { a: 1 b < c: [1, 'x', { d: 2 }] > } ",
                "unknown: [{ a: 1 }, { b: 2 }]",
                "unknown: NAME; 17: 5, 18 { 1: 0x00000001 }",
                "[type.googleapis.com/some.Type] { a: 1 } [an.extension]: 3",
                "unknown { # a comment with } in it\n }"
            })
    void whatIsNotKnownIsPassedOver(String text) throws IOException {
        String whole = "version_number: 1 " + text + " dtype: DT_INT32";
        TensorProto found =
                (TensorProto) transcoded(whole.getBytes(StandardCharsets.UTF_8), TensorProto.getDefaultInstance());
        assertThat(found.getVersionNumber()).isEqualTo(1);
        assertThat(found.getDtypeValue()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dtype",
                "dtype:",
                "dtype DT_FLOAT",
                "dtype: DT_NO_SUCH",
                "dtype: 'DT_FLOAT'",
                "version_number: 1.5",
                "version_number: five",
                "version_number: 99999999999999999999999",
                "bool_val: yes",
                "string_val: word",
                "string_val: 'open",
                "string_val: 'two\nlines'",
                "string_val: '\\q'",
                "string_val: '\\x'",
                "string_val: '\\U00110000'",
                "float_val: [1, 2",
                "float_val: [1 2]",
                "tensor_shape",
                "tensor_shape {",
                "tensor_shape { dim { size: 1 } >",
                "tensor_shape { } }",
                "tensor_shape: 5",
                "unknown",
                "unknown 5",
                "unknown {",
                "unknown { ] }",
                "unknown: [1, 2",
                "= 5",
                "[open"
            })
    void whatIsNoTextFormatIsDamage(String text) {
        assertThatThrownBy(() -> transcoded(text.getBytes(StandardCharsets.UTF_8), TensorProto.getDefaultInstance()))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("Not protobuf text")
                .hasMessageContaining("offset");
    }

    @Test
    void betweenAMinusAndItsNumberBlanksAreAllowed() throws IOException {
        // So TensorFlow's parser has it; protobuf's for Java does not.
        byte[] text = "version_number: - 5 float_val: - 1.5".getBytes(StandardCharsets.UTF_8);
        TensorProto found = (TensorProto) transcoded(text, TensorProto.getDefaultInstance());
        assertThat(found.getVersionNumber()).isEqualTo(-5);
        assertThat(found.getFloatValList()).containsExactly(-1.5f);
    }

    @Test
    void whatIsNotWantedIsNotKept() throws IOException {
        byte[] text = "tensor_content: 'much' version_number: 1".getBytes(StandardCharsets.UTF_8);
        byte[] wire = TextFormatReader.toWire(
                MemorySource.of(text),
                TensorProto.getDescriptor(),
                field -> !field.getName().equals("tensor_content"));
        assertThat(TensorProto.parseFrom(wire))
                .isEqualTo(TensorProto.newBuilder().setVersionNumber(1).build());
    }
}
