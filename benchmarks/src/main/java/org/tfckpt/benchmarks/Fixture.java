package org.tfckpt.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/**
 * A checkpoint in a directory of its own, written by the library. In a run of the whole suite later benchmarks share it;
 * otherwise {@link #close} deletes it.
 */
final class Fixture implements Closeable {
    /** The system property with the directory of the run, if there is one. */
    static final String DIRECTORY = "tfckpt.benchmarks.data";

    private final Path directory;
    private final boolean shared;

    private Fixture(Path directory, boolean shared) {
        this.directory = directory;
        this.shared = shared;
    }

    /** Writes a checkpoint. */
    interface Maker {
        void make(Path prefix) throws IOException;
    }

    /** Writes random floats. */
    static Fixture of(int tensors, int bytesEach) throws IOException {
        return of(tensors + "x" + bytesEach, prefix -> write(prefix, tensors, bytesEach));
    }

    /**
     * Returns a checkpoint, and writes it unless this run already did.
     *
     * @param what a unique name for the checkpoint
     */
    static Fixture of(String what, Maker maker) throws IOException {
        String run = System.getProperty(DIRECTORY);
        if (run == null) {
            Fixture fixture = new Fixture(Files.createTempDirectory("tfckpt-benchmark"), false);
            maker.make(fixture.prefix());
            return fixture;
        }
        Fixture fixture = new Fixture(Path.of(run, what), true);
        if (!Files.exists(fixture.directory)) {
            // Renamed when it is complete.
            Fixture begun = new Fixture(Files.createTempDirectory(Path.of(run), what), true);
            maker.make(begun.prefix());
            Files.move(begun.directory, fixture.directory);
        }
        return fixture;
    }

    /** Writes random floats, with the given sizes in rotation. */
    static void write(Path prefix, int tensors, int... sizes) throws IOException {
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            ByteBuffer[] contents = new ByteBuffer[sizes.length];
            for (int i = 0; i < sizes.length; i++) {
                contents[i] = random(sizes[i]);
            }
            for (int i = 0; i < tensors; i++) {
                ByteBuffer content = contents[i % sizes.length];
                content.putInt(0, i);
                out.add(
                        name(i),
                        Shape.of(content.capacity() / Float.BYTES),
                        ValueSource.of(DataType.DT_FLOAT, content));
            }
            out.finish();
        }
    }

    /** Returns random bytes, repeated after the first MiB. */
    static ByteBuffer random(int bytes) {
        byte[] pattern = new byte[Math.min(bytes, 1 << 20)];
        new Random(1).nextBytes(pattern);
        ByteBuffer content = ByteBuffer.allocateDirect(bytes);
        while (content.hasRemaining()) {
            content.put(pattern, 0, Math.min(pattern.length, content.remaining()));
        }
        return content.flip();
    }

    /** Returns the name of a tensor, as long as names of real models. */
    static String name(int index) {
        return String.format(Locale.ROOT, "model/encoder/layer_%07d/attention/kernel", index);
    }

    Path prefix() {
        return directory.resolve("model.ckpt-1");
    }

    Path data() {
        return directory.resolve("model.ckpt-1.data-00000-of-00001");
    }

    @Override
    public void close() throws IOException {
        if (!shared) {
            Folders.delete(directory);
        }
    }
}
