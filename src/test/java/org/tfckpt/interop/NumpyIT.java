package org.tfckpt.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.TensorDigest;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;

/** Exchanges files with Debian's NumPy, which runs in a process of its own. Runs only with {@code -Pinterop}. */
@EnabledIfSystemProperty(named = "tfckpt.interop.lib", matches = ".+")
class NumpyIT {
    /** Prints the name, the shape and the SHA-256 digest of each array of a file, as this library computes it. */
    private static final String DIGESTS = """
            import hashlib, struct, sys
            import numpy as np
            loaded = np.load(sys.argv[1])
            arrays = {'m': loaded} if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
            for name in sorted(arrays, key=lambda text: text.encode()):
                array = arrays[name]
                digest = hashlib.sha256()
                if array.dtype.kind in 'SU':
                    for element in array.ravel().tolist():
                        element = element if isinstance(element, bytes) else element.encode()
                        digest.update(struct.pack('<Q', len(element)) + element)
                else:
                    digest.update(np.ascontiguousarray(array).astype(array.dtype.newbyteorder('<')).tobytes())
                shape = '[' + ','.join(map(str, array.shape)) + ']'
                sys.stdout.buffer.write((name + ' ' + shape + ' ' + digest.hexdigest() + '\\n').encode())
            """;

    @TempDir
    private Path directory;

    private String python(String script, Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/python3", "-c", script));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path out = directory.resolve("out.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    private static String digests(Path file) throws IOException {
        StringBuilder digests = new StringBuilder();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            for (TensorInfo info : checkpoint.tensors().toList()) {
                digests.append(info.name() + " " + info.shape() + " ")
                        .append(TensorDigest.sha256(checkpoint.tensor(info)))
                        .append('\n');
            }
        }
        return digests.toString();
    }

    static Stream<Corpus.Expected> golden() {
        return Corpus.checkpoints().stream()
                .filter(expected -> expected.toString().startsWith("golden"))
                .filter(expected -> !expected.toString().contains("many"));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void numpyReadsWhatWeWrite(Corpus.Expected expected) throws IOException, InterruptedException {
        Path file = directory.resolve("m.npz");
        try (Checkpoint source = Checkpoint.open(expected.path())) {
            Rewrite.of(source).format(FileFormat.NPZ).build().run(file);
        }
        assertThat(python(DIGESTS, file)).isEqualTo(digests(file));
    }

    @Test
    void numpyReadsAnNpyFile() throws IOException, InterruptedException {
        Path file = directory.resolve("m.npy");
        try (Checkpoint source = Checkpoint.open(Corpus.root().resolve("interchange/fortran.npy"))) {
            Rewrite.of(source).format(FileFormat.NPY).build().run(file);
        }
        assertThat(python(DIGESTS, file)).isEqualTo(digests(file)).hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"savez, <, C", "savez, >, F", "savez_compressed, <, F", "savez_compressed, >, C"})
    void weReadWhatNumpyWrites(String function, String byteOrder, String axes)
            throws IOException, InterruptedException {
        Path file = directory.resolve("m.npz");
        python("""
                import sys
                import numpy as np
                random = np.random.default_rng(7)
                arrays = {}
                for code in ['?', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'c8', 'c16', 'S7', 'U5']:
                    for shape in [(), (0, 2), (1,), (7,), (3, 5), (2, 3, 4), (65, 130)]:
                        dtype = np.dtype(code).newbyteorder(sys.argv[3])
                        values = random.integers(0, 100, shape)
                        arrays['\u00e4/%s/%s' % (code.replace('?', 'b'), shape)] = np.asarray(values).astype(dtype).copy(sys.argv[4])
                getattr(np, sys.argv[2])(sys.argv[1], **arrays)
                """, file, function, byteOrder, axes);
        assertThat(digests(file)).hasLineCount(16 * 7).isEqualTo(python(DIGESTS, file));
    }

    /** Python never selects the versions 2 and 3 for these arrays by itself. */
    @Test
    void weReadAllVersionsOfTheHeader() throws IOException, InterruptedException {
        Path file = directory.resolve("m.npz");
        python("""
                import sys, zipfile
                import numpy as np
                with zipfile.ZipFile(sys.argv[1], 'w') as out:
                    for version in [(1, 0), (2, 0), (3, 0)]:
                        for code in ['<f4', '>i8', '<U3', '|S2']:
                            with out.open('größe/%s/%s.npy' % (version[0], code[1:]), 'w') as member:
                                np.lib.format.write_array(
                                    member, np.asfortranarray(np.arange(6).reshape(2, 3)).astype(code), version=version)
                """, file);
        assertThat(digests(file)).hasLineCount(3 * 4).isEqualTo(python(DIGESTS, file));
    }

    /** More than 4 GiB: the file is sparse, and the last row stands for the whole. */
    @Test
    void arraysOfMoreThan4GibAreReadAndWritten() throws IOException, InterruptedException {
        Path file = directory.resolve("sparse.npy");
        long rows = (1L << 32) / 1000 + 7;
        python("""
                import sys
                import numpy as np
                np.lib.format.open_memmap(sys.argv[1], mode='w+', dtype='u1', shape=(int(sys.argv[2]), 1000))[-1] = 5
                """, file, rows);
        Path archive = directory.resolve("large.npz");
        String region = (rows - 2) + ",2:999,1";
        try (Checkpoint checkpoint = Checkpoint.open(file);
                Checkpoint small = Checkpoint.open(Corpus.root().resolve("interchange/f4.npy"));
                RandomAccessFile raw = new RandomAccessFile(file.toFile(), "r")) {
            assertThat(checkpoint.tensor("sparse").slice(region).toIntArray()).containsExactly(0, 5);
            assertThat(raw.length()).isGreaterThan(1L << 32);
            Rewrite.of(List.of(checkpoint, small))
                    .rename(NameMapping.sed("s/^f4$/z/"))
                    .format(FileFormat.NPZ)
                    .build()
                    .run(archive);
        }
        try (Checkpoint checkpoint = Checkpoint.open(archive)) {
            assertThat(checkpoint.tensor("sparse").slice(region).toIntArray()).containsExactly(0, 5);
        }
        // NumPy would need as much memory as the array; zipfile compares the checksum at the end of a member.
        assertThat(python("""
                import sys, zipfile
                import numpy as np
                with zipfile.ZipFile(sys.argv[1]) as archive, archive.open('sparse.npy') as member:
                    assert np.lib.format.read_magic(member) == (1, 0)
                    shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
                    size, last = 0, b''
                    while part := member.read(1 << 24):
                        size, last = size + len(part), (last + part)[-1001:]
                    print(shape, fortran, dtype, size, last == bytes(1) + bytes([5]) * 1000)
                print(np.load(sys.argv[1])['z'].shape)
                """, archive))
                .isEqualTo("(" + rows + ", 1000) False uint8 " + rows * 1000 + " True\n(3, 5)\n");
    }
}
