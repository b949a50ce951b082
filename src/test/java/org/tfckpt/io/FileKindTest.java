package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileKindTest {
    @TempDir
    Path directory;

    private static String nameOf(byte[] bytes) {
        return FileKind.of(bytes, bytes.length).name();
    }

    private static String nameOf(String latin1) {
        return nameOf(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] zip(String... members) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String member : members) {
                zip.putNextEntry(new ZipEntry(member));
                zip.write(1);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void aZipArchiveIsNamedByItsMembers() throws IOException {
        assertThat(nameOf(zip("readme.txt"))).isEqualTo("a zip archive");
        assertThat(nameOf(zip("archive/data.pkl", "archive/data/0"))).startsWith("a PyTorch file");
        assertThat(nameOf(zip("kernel.npy", "bias.npy"))).isEqualTo("a NumPy archive (npz)");
        assertThat(nameOf(zip("metadata.json", "config.json", "model.weights.h5")))
                .startsWith("a Keras model");
    }

    @Test
    void aGzipArchiveIsNamed() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(1);
        }
        assertThat(nameOf(bytes.toByteArray())).isEqualTo("a gzip archive");
    }

    @Test
    void aGitLfsPointerSaysHowToGetTheFile() {
        FileKind kind = FileKind.of(
                "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n".getBytes(StandardCharsets.UTF_8),
                70);
        assertThat(kind.name()).isEqualTo("a Git LFS pointer");
        assertThat(kind.advice()).contains("git lfs pull");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<!DOCTYPE html><html>|a web page (HTML)",
                "  <HTML><body>|a web page (HTML)",
                "<?xml version='1.0'?><Error>|an XML document",
                "{\"a\": 1}|a JSON document",
                "[{\"a\": 1}]|a JSON document",
                "[Desktop Entry]|a text file",
                "<a href='x'>|an XML document",
                "<svg:svg>|an XML document",
                "<tf.Variable 'w:0' shape=(1,)>|a text file",
                "#!/bin/sh|a script",
                "model_checkpoint_path: \"m\"|a checkpoint state file",
                "%PDF-1.7 .|a PDF document",
            })
    void textsAreNamedByTheirBeginning(String text, String name) {
        assertThat(nameOf(text)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "894844460d0a1a0a00000000|an HDF5 file",
                "80028a0a6cfc9c46f9206aa850192e8002|a PyTorch file",
                "8004958b00000000000000|a Python pickle",
                "1c00000054464c3300000000|a TensorFlow Lite model",
                "934e554d505901007600|a NumPy array (npy)",
                "425a6839314159265359|a bzip2 archive",
                "425a683917724538509000000000|a bzip2 archive",
                "fd377a585a00|an xz archive",
                "7f454c4602|an ELF program or library",
                "cafebabe0000|a Java class file",
                "89504e470d0a1a0a|a PNG image",
                "6f0d0d0a00000000|compiled Python code (pyc)",
                "03f30d0a00000000|compiled Python code (pyc)",
                "1f8b0800|a gzip archive",
                "80027d71002e|a Python pickle",
                "504b030414000808080000000000000000000000000000000000090004004d4554412d494e462f"
                        + "|a Java archive (jar, a zip archive)",
                "fffe6d006f00|a text file in UTF-16",
                "00051607000200|an AppleDouble file of macOS",
            })
    void binaryFilesAreNamedByTheirFirstBytes(String hex, String name) {
        assertThat(nameOf(java.util.HexFormat.of().parseHex(hex))).isEqualTo(name);
    }

    @Test
    void aTarArchiveIsNamedByItsHeader() {
        byte[] header = new byte[512];
        header[0] = 'a';
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, header, 257, 5);
        assertThat(nameOf(header)).isEqualTo("a tar archive");
    }

    @Test
    void aSafetensorsFileIsNamedByTheLengthOfItsHeader() {
        byte[] header = "{\"w\":{}}".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        assertThat(nameOf(file.array())).isEqualTo("a safetensors file");
        assertThat(nameOf(file.putLong(0, 1000).array())).isNotEqualTo("a safetensors file");
    }

    @Test
    void anEventFileIsNamedByTheChecksumOfItsFirstLength() {
        ByteBuffer file = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(0, 24);
        file.putInt(8, MaskedCrc32c.of(file.duplicate().limit(8)));
        assertThat(nameOf(file.array())).isEqualTo("a TFRecord or event file");
    }

    @Test
    void emptyFilesAndZerosAreCalledThat() {
        assertThat(nameOf(new byte[0])).isEqualTo("empty");
        assertThat(nameOf(new byte[100])).isEqualTo("full of zeros");
        assertThat(FileKind.of(new byte[4096], 1 << 20).name())
                .isEqualTo("full of zeros, at least in its first 4096 bytes");
    }

    /** Data files begin with any bytes, and a damaged one must not be taken for a file of another kind. */
    @Test
    void numbersAreNotTakenForSignatures() {
        Random random = new Random(14);
        ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 200_000; i++) {
            bytes.clear();
            while (bytes.hasRemaining()) {
                bytes.putFloat((float) random.nextGaussian());
            }
            assertThat(FileKind.of(bytes.array(), 10_000)).isSameAs(FileKind.UNKNOWN);
            bytes.clear();
            while (bytes.hasRemaining()) {
                bytes.putLong(random.nextInt(1 << random.nextInt(1, 12)));
            }
            assertThat(FileKind.of(bytes.array(), 10_000).name())
                    .matches("of an unknown kind|full of zeros.*|a text file");
        }
    }

    @Test
    void whatIsNotKnownIsCalledUnknown() {
        byte[] bytes = new byte[4096];
        new Random(1).nextBytes(bytes);
        bytes[0] = 0x55;
        assertThat(FileKind.of(bytes, bytes.length)).isSameAs(FileKind.UNKNOWN);
    }

    @Test
    void noBytesAreTooFew() {
        for (int length = 0; length < 300; length++) {
            for (int first = 0; first < 256; first++) {
                byte[] bytes = new byte[length];
                if (length > 0) {
                    bytes[0] = (byte) first;
                }
                assertThat(nameOf(bytes)).isNotEmpty();
            }
        }
    }

    @Test
    void onlyTheBeginningOfAFileIsRead() throws IOException {
        Path file = directory.resolve("file");
        Files.write(file, "PK\3\4".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(FileKind.of(file).name()).isEqualTo("a zip archive");
        try (ByteSource source = ByteSources.channel(file)) {
            assertThat(FileKind.of(source).name()).isEqualTo("a zip archive");
        }
    }
}
