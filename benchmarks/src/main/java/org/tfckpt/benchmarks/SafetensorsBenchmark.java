package org.tfckpt.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.tensor.TensorInfo;

/**
 * Opens a safetensors file of 1,000 tensors, and looks up one of them. A pass of Jackson's parser over its header, which
 * only counts the tokens, is measured for comparison.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsPrepend = "-Xmx64m")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SafetensorsBenchmark {
    private static final int TENSORS = 1000;

    private final JsonFactory factory = new JsonFactory();
    private Fixture fixture;
    private Path file;
    private byte[] header;
    private Checkpoint open;
    private String name;

    @Setup
    public void make() throws IOException {
        fixture = Fixture.of("safetensors", prefix -> {
            Fixture.write(prefix, TENSORS, 8);
            try (Checkpoint source = Checkpoint.open(prefix)) {
                Rewrite.of(source)
                        .format(FileFormat.SAFETENSORS)
                        .build()
                        .run(prefix.resolveSibling("model.safetensors"));
            }
        });
        file = fixture.prefix().resolveSibling("model.safetensors");
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(start, 0);
            header = new byte[Math.toIntExact(start.getLong(0))];
            channel.read(ByteBuffer.wrap(header), Long.BYTES);
        }
        open = Checkpoint.open(file);
        name = Fixture.name(TENSORS / 2);
    }

    @TearDown
    public void remove() throws IOException {
        open.close();
        fixture.close();
    }

    /** The comparison. */
    @Benchmark
    public long parseHeader() throws IOException {
        long tokens = 0;
        try (JsonParser parser = factory.createParser(header)) {
            while (parser.nextToken() != null) {
                tokens++;
            }
        }
        return tokens;
    }

    @Benchmark
    public Checkpoint openAndClose() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return checkpoint;
        }
    }

    @Benchmark
    public Optional<TensorInfo> find() throws IOException {
        return open.find(name);
    }
}
