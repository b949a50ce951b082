package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.testing.ZipBuilder.npy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.ZipBuilder;

/** Arrays and archives that break a rule of their format: reading each one throws the exception that names the rule. */
class NumpyHostileTest {
    private static final ProblemKind HEADER = ProblemKind.HEADER;

    @TempDir
    private Path directory;

    /** {@code kind} is null for what is not supported. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    private record Case(String title, byte[] file, @Nullable ProblemKind kind, String message) {
        @Override
        public String toString() {
            return title;
        }
    }

    private static Case npyCase(String header, int data, @Nullable ProblemKind kind, String message) {
        return new Case(header, npy(1, header, new byte[data]), kind, message);
    }

    private static Case with(String from, String to, @Nullable ProblemKind kind, String message) {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        return npyCase(header.replace(from, to), 24, kind, message);
    }

    static Stream<Case> arrays() {
        List<Case> c = new ArrayList<>();
        String keys = "does not have a descr, a fortran_order and a shape";
        String syntax = "cannot be parsed";
        byte[] good = npy("<f4", "(2, 3)", new byte[24]);
        // What precedes the text.
        for (int length : new int[] {7, 8, 9, 10, 20}) {
            c.add(new Case("cut at " + length, Arrays.copyOf(good, length), HEADER, "NumPy"));
        }
        for (int version : new int[] {0, 4, 255}) {
            byte[] file = good.clone();
            file[6] = (byte) version;
            c.add(new Case("version " + version, file, null, "version " + version + ".0"));
        }
        byte[] minor = good.clone();
        minor[7] = 1;
        c.add(new Case("version 1.1", minor, null, "version 1.1"));
        byte[] length = good.clone();
        length[9] = 0x7f;
        c.add(new Case("length beyond the file", length, HEADER, "incomplete or too long"));
        byte[] long2 = npy(2, "{}", new byte[0]);
        Arrays.fill(long2, 8, 12, (byte) 0xff);
        c.add(new Case("length of 2^32-1", long2, HEADER, "incomplete or too long"));
        String spaces = " ".repeat(10_000);
        c.add(npyCase("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}" + spaces, 24, HEADER, "too long"));
        byte[] malformed = npy(3, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }  ", new byte[24]);
        malformed[malformed.length - 25] = (byte) 0xff;
        c.add(new Case("not UTF-8", malformed, HEADER, "not UTF-8"));
        // The dictionary.
        for (String text : List.of(
                "",
                "{",
                "}",
                "[]",
                "None",
                "'a'",
                "{'descr'}",
                "{'descr': }",
                "{'descr' '<f4'}",
                "{'descr': '<f4'",
                "{,}",
                "{'descr': '<f4',,}",
                "{1: 2}",
                "{'descr': '<f4'} x",
                "{'descr': '<f4'}{}",
                "{'descr': '<f4}",
                "dict(descr='<f4')",
                "{'descr': '<f4', **{}}",
                "{'a': {'b': 1}}",
                "{'a': {}}",
                "{'a': None}",
                "{'a': 1}",
                "{'a': -1}",
                "{'a': u'<f4'}",
                "{'a': b'<f4'}",
                "{'a': 'x' 'y'}",
                "{'a': 'x\\x41'}",
                "{'a': '''x'''}",
                "{'a': true}",
                "{'a': [}",
                "{'a': ['}",
                "{'a': [1",
                "{'a': ('x',)}",
                "# comment\n{}",
                "{'a': ()}\0",
                "\u00a0{}",
                "{'a': 'x', 'a': 'y'}")) {
            c.add(npyCase(text, 24, HEADER, syntax));
        }
        for (String text : List.of(
                "{}",
                "{'descr': '<f4'}",
                "{'descr': '<f4', 'fortran_order': False}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': True}",
                "{'descr': '<f4', 'fortran_order': 'False', 'shape': (2, 3)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': '(2, 3)'}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3]}",
                "{'Descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}")) {
            c.add(npyCase(text, 24, HEADER, keys));
        }
        // Shapes.
        for (String shape : List.of(
                "(2, -3)",
                "(2, 3.0)",
                "(2, 3e0)",
                "(2, 03)",
                "(2, 0x3)",
                "(2, 3l)",
                "(6)",
                "(,)",
                "(2,,3)",
                "(2 3)",
                "(2, (3,))",
                "(2, '3')",
                "(2, True)",
                "(2, 9223372036854775808)",
                "(2, 1_0)",
                "(2, 3",
                "2, 3")) {
            c.add(with("(2, 3)", shape, HEADER, syntax));
        }
        c.add(new Case(
                "3L in version 3",
                npy(3, "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }", new byte[24]),
                HEADER,
                syntax));
        c.add(with("(2, 3)", "(4294967296, 4294967296)", ProblemKind.SHAPE, "no array can have the shape"));
        c.add(with("(2, 3)", "(9223372036854775807,)", ProblemKind.SHAPE, "no array can have the shape"));
        c.add(with("(2, 3)", "(" + "1, ".repeat(255) + ")", ProblemKind.SHAPE, "no array can have the shape"));
        c.add(with("(2, 3)", "(2, 4)", ProblemKind.TRUNCATED, "end before the shape is filled"));
        c.add(with("(2, 3)", "(1000000000, 1000000000)", ProblemKind.TRUNCATED, "end before the shape is filled"));
        c.add(with("(2, 3)", "(2, 2)", ProblemKind.UNUSED_BYTES, "more follows"));
        c.add(with("(2, 3)", "(0, 3)", ProblemKind.UNUSED_BYTES, "more follows"));
        c.add(with("(2, 3)", "()", ProblemKind.UNUSED_BYTES, "more follows"));
        // Dtypes that do not exist.
        for (String dtype :
                List.of("f4x", "<f3", "<i16", "i", "<", "", "?1", "<b2", "S", "U-1", "V", "float32", "<q8")) {
            c.add(with("<f4", dtype, null, "is not known"));
        }
        c.add(with("<f4", "<f4[s]", null, "is not known"));
        c.add(with("'<f4'", "True", null, "is not known"));
        // Dtypes that TensorFlow does not have.
        for (String dtype : List.of("|O", "<M8[ns]", "<m8", "|V4", "<f16", "<c32")) {
            String shape = dtype.contains("16") ? "(1, 1)" : dtype.contains("32") ? "(1,)" : "(2, 3)";
            int size = dtype.contains("16") ? 16 : dtype.contains("32") ? 32 : dtype.contains("8") ? 48 : 24;
            c.add(new Case(dtype, npy(dtype, shape, new byte[size]), null, "'" + dtype + "' is not supported"));
        }
        c.add(with("'<f4'", "[('a', '<f4'), ('b', [('c\\'', '<f4')])]", null, "TensorFlow has no such dtype"));
        // Text.
        for (int character : new int[] {0xd800, 0xdfff, 0x110000, -1}) {
            byte[] text = ByteBuffer.allocate(4)
                    .putInt(Integer.reverseBytes(character))
                    .array();
            c.add(new Case("character " + character, npy("<U1", "(1,)", text), ProblemKind.ENTRY, "not Unicode text"));
        }
        return c.stream();
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void anArrayIsRefused(Case hostile) throws IOException {
        refuse("hostile.npy", hostile.file, hostile.kind, hostile.message);
        byte[] archive = new ZipBuilder().deflated("hostile.npy", hostile.file).build();
        refuse("hostile.npz", archive, hostile.kind, hostile.message);
    }

    private void refuse(String name, byte[] bytes, @Nullable ProblemKind kind, String message) throws IOException {
        Path file = Files.write(directory.resolve(name), bytes);
        assertThatThrownBy(() -> readAll(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(name)
                .satisfies(e -> {
                    if (kind == null) {
                        assertThat(e).isInstanceOf(UnsupportedFormatException.class);
                    } else {
                        assertThat(e).isInstanceOf(DataLossException.class);
                        assertThat(((DataLossException) e).kind()).isEqualTo(kind);
                    }
                });
    }

    private static void readAll(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            for (TensorInfo info : checkpoint.tensors().toList()) {
                Tensor tensor = checkpoint.tensor(info);
                if (info.dtype() == DataType.DT_STRING) {
                    tensor.toStringArray();
                } else {
                    tensor.asByteBuffer();
                }
            }
        }
    }

    private static ZipBuilder zip() {
        return new ZipBuilder()
                .stored("a.npy", npy("<f4", "(2,)", new byte[8]))
                .stored("b.npy", npy("<f4", "(3,)", new byte[12]));
    }

    private static ZipBuilder deflated() {
        return new ZipBuilder().deflated("a.npy", npy("<f4", "(2000,)", new byte[8000]));
    }

    static Stream<Case> archives() {
        List<Case> c = new ArrayList<>();
        byte[] good = zip().build();
        ProblemKind truncated = ProblemKind.TRUNCATED;
        String contradiction = "contradicts the directory";
        // The end record.
        c.add(new Case("without the last byte", Arrays.copyOf(good, good.length - 1), truncated, "no end record"));
        c.add(new Case("first half", Arrays.copyOf(good, good.length / 2), truncated, "no end record"));
        c.add(new Case("one byte more", Arrays.copyOf(good, good.length + 1), truncated, "no end record"));
        c.add(new Case(
                "comment too long",
                zip().build(end -> end.putShort(ZipBuilder.END_COMMENT, (short) 1)),
                truncated,
                "no end record"));
        c.add(end("disk 1", ZipBuilder.END_DISK, 1, null, "one of several parts"));
        c.add(end("first disk 1", ZipBuilder.END_DISK + 2, 1, null, "one of several parts"));
        c.add(end("fewer here", ZipBuilder.END_HERE, 1, null, "one of several parts"));
        c.add(ends("one member more", 3, HEADER, "cannot have 3 members"));
        c.add(ends("one member less", 1, HEADER, "more entries"));
        c.add(ends("no members", 0, HEADER, "more entries"));
        c.add(ends("65535 members", 0xffff, HEADER, "cannot have 65535 members"));
        c.add(offset("directory beyond the start", 1, HEADER, "contradicts the file"));
        c.add(offset("offset of 2^32-1", -1, HEADER, "contradicts the file"));
        c.add(size("directory larger", 1, HEADER, "no entry of member 0"));
        c.add(size("directory smaller", -1, HEADER, "no entry of member 0"));
        c.add(new Case(
                "directory of 2^32-1",
                zip().build(end -> end.putInt(ZipBuilder.END_SIZE, -1)),
                HEADER,
                "contradicts the file"));
        // The directory.
        for (int field : new int[] {ZipBuilder.NAME_LENGTH, ZipBuilder.EXTRA_LENGTH, ZipBuilder.COMMENT_LENGTH}) {
            c.add(central("length of 65535 at " + field, field, 0xffff, HEADER, "ends within an entry"));
        }
        c.add(central("name longer", ZipBuilder.NAME_LENGTH, 6, HEADER, "ends within an entry"));
        c.add(central("name shorter", ZipBuilder.NAME_LENGTH, 4, HEADER, contradiction));
        c.add(central("disk of a member", ZipBuilder.DISK, 1, null, "one of several parts"));
        c.add(central("signature", 0, 0, HEADER, "no entry of member 1"));
        c.add(central("encrypted", ZipBuilder.FLAGS, 1, null, "is encrypted"));
        c.add(both("encrypted in both", ZipBuilder.FLAGS, ZipBuilder.LOCAL_FLAGS, 1, null, "is encrypted"));
        for (int method : new int[] {1, 6, 9, 12, 14, 93, 95, 99, 0xffff}) {
            c.add(both(
                    "method " + method,
                    ZipBuilder.METHOD,
                    ZipBuilder.LOCAL_METHOD,
                    method,
                    null,
                    "compression method " + method));
        }
        c.add(central("method 8", ZipBuilder.METHOD, 8, HEADER, contradiction));
        c.add(central("other flags", ZipBuilder.FLAGS, 2, HEADER, contradiction));
        c.add(both("deflated, but stored", ZipBuilder.METHOD, ZipBuilder.LOCAL_METHOD, 8, HEADER, "magic number"));
        c.add(changed(
                "name of a member", zip().central(b -> b.put(ZipBuilder.NAME, (byte) 'x')), HEADER, contradiction));
        c.add(changed(
                "malformed name",
                zip().central(b -> b.putShort(ZipBuilder.FLAGS, (short) 0x800).put(ZipBuilder.NAME, (byte) 0xff))
                        .local(b -> b.putShort(ZipBuilder.LOCAL_FLAGS, (short) 0x800)
                                .put(ZipBuilder.LOCAL_NAME, (byte) 0xff)),
                ProblemKind.ENTRY,
                "not UTF-8"));
        c.add(changed(
                "stored with another size",
                zip().central(b -> b.putInt(ZipBuilder.SIZE, b.getInt(ZipBuilder.SIZE) + 1)),
                ProblemKind.SIZE,
                "cannot have"));
        c.add(changed(
                "compressed size",
                zip().central(b -> b.putInt(ZipBuilder.COMPRESSED, b.getInt(ZipBuilder.COMPRESSED) + 1)),
                ProblemKind.SIZE,
                "cannot have"));
        c.add(sizes("both sizes larger", zip(), 1000, truncated, "ends beyond the directory"));
        c.add(sizes("both sizes smaller", zip(), -1, truncated, "end before the shape is filled"));
        c.add(sizes("sizes of 2^31", zip(), 0x7fffffff, truncated, "ends beyond the directory"));
        c.add(changed(
                "sizes in one header",
                zip().central(b -> b.putInt(ZipBuilder.SIZE, 90).putInt(ZipBuilder.COMPRESSED, 90)),
                HEADER,
                contradiction));
        c.add(changed(
                "checksum in one header", zip().central(b -> b.putInt(ZipBuilder.CRC, 1)), HEADER, contradiction));
        c.add(changed(
                "another checksum",
                zip().central(b -> b.putInt(ZipBuilder.CRC, 1)).local(b -> b.putInt(ZipBuilder.LOCAL_CRC, 1)),
                ProblemKind.TENSOR_CHECKSUM,
                "do not match"));
        c.add(changed(
                "another byte",
                zip().content(b -> b.put(b.limit() - 1, (byte) 1)),
                ProblemKind.TENSOR_CHECKSUM,
                "do not match"));
        c.add(changed(
                "header beyond the file",
                zip().central(b -> b.putInt(ZipBuilder.HEADER, 1 << 30)),
                HEADER,
                "not in the file"));
        c.add(changed("header of 2^32-1", zip().central(b -> b.putInt(ZipBuilder.HEADER, -1)), HEADER, contradiction));
        c.add(changed(
                "header one byte later", zip().central(b -> b.putInt(ZipBuilder.HEADER, 1)), HEADER, contradiction));
        // Local headers.
        c.add(changed("local signature", zip().local(b -> b.putInt(0, 0)), HEADER, contradiction));
        c.add(changed("local name", zip().local(b -> b.put(ZipBuilder.LOCAL_NAME, (byte) 'x')), HEADER, contradiction));
        c.add(changed(
                "local name length",
                zip().local(b -> b.putShort(ZipBuilder.LOCAL_NAME_LENGTH, (short) 4)),
                HEADER,
                contradiction));
        c.add(changed(
                "local method",
                zip().local(b -> b.putShort(ZipBuilder.LOCAL_METHOD, (short) 8)),
                HEADER,
                contradiction));
        c.add(changed(
                "local flags", zip().local(b -> b.putShort(ZipBuilder.LOCAL_FLAGS, (short) 8)), HEADER, contradiction));
        c.add(changed("local size", zip().local(b -> b.putInt(ZipBuilder.LOCAL_SIZE, 0)), HEADER, contradiction));
        c.add(changed("local checksum", zip().local(b -> b.putInt(ZipBuilder.LOCAL_CRC, 0)), HEADER, contradiction));
        c.add(changed("local extra field", zip().local(b -> b.putShort(28, (short) 0xffff)), truncated, "ends before"));
        // Names and overlaps.
        c.add(changed(
                "same name",
                zip().stored("a.npy", npy("<f4", "(1,)", new byte[4])),
                ProblemKind.KEY_ORDER,
                "the same name"));
        byte[] again = npy("<f4", "(2,)", new byte[8]);
        int first = 30 + 5 + again.length;
        c.add(changed(
                "two entries of one member",
                zip().stored("a.npy", again).central(b -> b.putInt(ZipBuilder.HEADER, -first - first - 4)),
                ProblemKind.OVERLAP,
                "overlaps"));
        byte[] nested = new ZipBuilder()
                .stored("b.npy", npy("<f4", "(2,)", new byte[8]))
                .build();
        c.add(changed(
                "a member within another",
                new ZipBuilder()
                        .stored("x.txt", nested)
                        .stored("b.npy", npy("<f4", "(2,)", new byte[8]))
                        .central(b -> b.putInt(ZipBuilder.HEADER, -nested.length)),
                ProblemKind.OVERLAP,
                "overlaps"));
        // Compressed bytes.
        c.add(changed(
                "compressed bytes", deflated().content(b -> b.put(0, (byte) 0xff)), ProblemKind.ENTRY, "inflated"));
        c.add(changed(
                "end of compressed bytes",
                deflated().content(b -> b.putShort(b.limit() - 2, (short) 0x5555)),
                ProblemKind.SIZE,
                "more bytes than"));
        c.add(deflatedSizes("inflates to more", -4, "(1999,)", ProblemKind.SIZE, "more bytes than"));
        c.add(deflatedSizes("inflates to less", 4, "(2001,)", ProblemKind.SIZE, "fewer bytes than"));
        c.add(deflatedSizes("a bomb", 1 << 30, "(2000,)", ProblemKind.SIZE, "cannot have"));
        c.add(changed(
                "checksum of compressed bytes",
                deflated().central(b -> b.putInt(ZipBuilder.CRC, 7)).local(b -> b.putInt(ZipBuilder.LOCAL_CRC, 7)),
                ProblemKind.TENSOR_CHECKSUM,
                "do not match"));
        c.add(new Case(
                "an empty member", new ZipBuilder().stored("a.npy", new byte[0]).build(), HEADER, "magic"));
        c.add(new Case(
                "text",
                new ZipBuilder()
                        .deflated("a.npy", "text".getBytes(StandardCharsets.UTF_8))
                        .build(),
                HEADER,
                "magic"));
        return c.stream();
    }

    private static Case changed(String title, ZipBuilder zip, @Nullable ProblemKind kind, String message) {
        return new Case(title, zip.build(), kind, message);
    }

    private static Case central(String title, int field, int value, @Nullable ProblemKind kind, String message) {
        return changed(title, zip().central(b -> b.putShort(field, (short) value)), kind, message);
    }

    private static Case both(
            String title, int central, int local, int value, @Nullable ProblemKind kind, String message) {
        return changed(
                title,
                zip().central(b -> b.putShort(central, (short) value)).local(b -> b.putShort(local, (short) value)),
                kind,
                message);
    }

    private static Case end(String title, int field, int value, @Nullable ProblemKind kind, String message) {
        return new Case(title, zip().build(end -> end.putShort(field, (short) value)), kind, message);
    }

    private static Case ends(String title, int count, ProblemKind kind, String message) {
        byte[] file = zip().build(end ->
                end.putShort(ZipBuilder.END_COUNT, (short) count).putShort(ZipBuilder.END_HERE, (short) count));
        return new Case(title, file, kind, message);
    }

    private static Case offset(String title, int more, ProblemKind kind, String message) {
        byte[] file = zip().build(end ->
                end.putInt(ZipBuilder.END_OFFSET, more < 0 ? more : end.getInt(ZipBuilder.END_OFFSET) + more));
        return new Case(title, file, kind, message);
    }

    private static Case size(String title, int more, ProblemKind kind, String message) {
        // The archive may begin anywhere, so that a directory of another size begins elsewhere.
        byte[] file = new ZipBuilder()
                .before(10)
                .stored("a.npy", npy("<f4", "(2,)", new byte[8]))
                .build(end -> end.putInt(ZipBuilder.END_SIZE, end.getInt(ZipBuilder.END_SIZE) + more)
                        .putInt(ZipBuilder.END_OFFSET, end.getInt(ZipBuilder.END_OFFSET) - more));
        return new Case(title, file, kind, message);
    }

    private static Case sizes(String title, ZipBuilder zip, int more, ProblemKind kind, String message) {
        zip.central(b -> b.putInt(ZipBuilder.SIZE, b.getInt(ZipBuilder.SIZE) + more)
                .putInt(ZipBuilder.COMPRESSED, b.getInt(ZipBuilder.COMPRESSED) + more));
        zip.local(b -> b.putInt(ZipBuilder.LOCAL_SIZE, b.getInt(ZipBuilder.LOCAL_SIZE) + more)
                .putInt(ZipBuilder.LOCAL_COMPRESSED, b.getInt(ZipBuilder.LOCAL_COMPRESSED) + more));
        return changed(title, zip, kind, message);
    }

    private static Case deflatedSizes(String title, int more, String shape, ProblemKind kind, String message) {
        byte[] data = npy("<f4", shape, new byte[8000]);
        ZipBuilder zip = new ZipBuilder().deflated("a.npy", data);
        zip.central(b -> b.putInt(ZipBuilder.SIZE, b.getInt(ZipBuilder.SIZE) + more));
        zip.local(b -> b.putInt(ZipBuilder.LOCAL_SIZE, b.getInt(ZipBuilder.LOCAL_SIZE) + more));
        return changed(title, zip, kind, message);
    }

    @ParameterizedTest
    @MethodSource("archives")
    void anArchiveIsRefused(Case hostile) throws IOException {
        refuse("hostile.npz", hostile.file, hostile.kind, hostile.message);
    }

    @Test
    void thereAreEnough() {
        assertThat(arrays()).hasSizeGreaterThan(90);
        assertThat(archives()).hasSizeGreaterThan(60);
    }

    @Test
    void membersThatAreNotArraysAreIgnored() throws IOException {
        byte[] file = zip().stored("../../etc/x.npy", npy("<f4", "(1,)", new byte[4]))
                .stored("method.txt", new byte[5])
                .central(b -> b.putShort(ZipBuilder.METHOD, (short) 99))
                .local(b -> b.putShort(ZipBuilder.LOCAL_METHOD, (short) 99))
                .build();
        try (Checkpoint checkpoint = Checkpoint.open(Files.write(directory.resolve("a.npz"), file))) {
            assertThat(checkpoint.tensors().map(TensorInfo::name)).containsExactly("../../etc/x", "a", "b");
            assertThat(checkpoint.tensor("../../etc/x").toFloatArray()).containsExactly(0);
        }
    }
}
