package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.FullRead;
import org.tfckpt.testing.SafetensorsBuilder;
import org.tfckpt.testing.ZipBuilder;

/** Every bit of a small file, changed: an error, another value or name, or a bit that is known to have no meaning. */
class ChangedBitsTest {
    @TempDir
    private Path directory;

    private static final byte[] DATA = {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40};

    /** Returns the bytes of which a change of some bit is not noticed. */
    private List<Integer> unnoticed(String name, byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve(name), bytes);
        FullRead whole = FullRead.of(file);
        assertThat(whole.isRefused() || whole.isReported()).isFalse();
        List<Integer> unnoticed = new ArrayList<>();
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            FullRead read = FullRead.of(Files.write(file, changed));
            boolean noticed =
                    read.isRefused() || read.isReported() || !read.values().equals(whole.values());
            if (!noticed && !unnoticed.contains(bit / 8)) {
                unnoticed.add(bit / 8);
            }
        }
        return unnoticed;
    }

    /** The format has no checksum; what is not noticed is a name in the metadata. */
    @Test
    void ofASafetensorsFile() throws IOException {
        byte[] file = new SafetensorsBuilder()
                .metadata("k", "v")
                .tensor("x", "F32", new long[] {2}, DATA)
                .build();
        String text = new String(file, java.nio.charset.StandardCharsets.ISO_8859_1);
        IntPredicate meaningless = at -> at == text.indexOf("\"k\"") + 1 || at == text.indexOf("\"v\"") + 1;
        assertThat(unnoticed("a.safetensors", file)).isNotEmpty().allMatch(meaningless::test);
    }

    /** White space has no meaning; nor has a comma before the end, which may be a blank. */
    @Test
    void ofAnArray() throws IOException {
        String header = "{'descr':'<f4','fortran_order':False,'shape':(2,),}\n";
        List<Integer> unnoticed = unnoticed("a.npy", ZipBuilder.npy(1, header, DATA));
        assertThat(unnoticed)
                .allMatch(at -> List.of(
                                7 + 3, // '<f4' may be written with double quotes, of which neither end is one bit away
                                10 + header.indexOf('<'),
                                10 + header.indexOf(",}"),
                                10 + header.indexOf('\n'),
                                10 + header.indexOf("False"))
                        .contains(at));
    }

    /** Times, versions and attributes have no meaning for an array; nor have the bits after the last compressed block. */
    @Test
    void ofAnArchive() throws IOException {
        for (boolean deflated : new boolean[] {false, true}) {
            byte[] npy = ZipBuilder.npy(1, "{'descr':'<f4','fortran_order':False,'shape':(2,),}\n", DATA);
            ZipBuilder zip = deflated ? new ZipBuilder().deflated("a.npy", npy) : new ZipBuilder().stored("a.npy", npy);
            byte[] file = zip.build();
            int local = 0;
            int central = file.length - 22 - ZipBuilder.NAME - "a.npy".length();
            assertThat(unnoticed("a.npz", file)).allMatch(at -> {
                int inLocal = at - local;
                int inCentral = at - central;
                boolean version = inLocal == 4 || inLocal == 5 || (inCentral >= 4 && inCentral < 8);
                boolean time = (inLocal >= 10 && inLocal < 14) || (inCentral >= 12 && inCentral < 16);
                boolean attributes = inCentral >= 36 && inCentral < 42;
                boolean afterLastBlock = deflated && inCentral == -1;
                return version || time || attributes || afterLastBlock;
            });
        }
    }
}
