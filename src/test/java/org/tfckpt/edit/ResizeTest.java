package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.V1Builder.ints;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.V1Builder;
import org.tfckpt.testing.Values;

@DisplayName("A resized tensor has the old values where the shapes overlap, and others elsewhere")
class ResizeTest {
    @TempDir
    private Path directory;

    private int files;

    private Path next() {
        return directory.resolve("t" + files++);
    }

    /** Writes a tensor; in two slices, if its first dimension can be halved. */
    private Path write(DataType dtype, Shape shape, byte[] littleEndian, ByteOrder order, boolean sliced)
            throws IOException {
        Path prefix = next();
        try (CheckpointWriter out = CheckpointWriter.open(prefix, WriteOptions.DEFAULT.withOrder(order))) {
            long half = shape.rank() == 0 ? 0 : shape.dimension(0) / 2;
            if (sliced && half > 0 && shape.elements() > 0) {
                int middle = (int) (littleEndian.length / shape.dimension(0) * half);
                out.addSlice("t", part(shape, 0, half), values(dtype, Arrays.copyOf(littleEndian, middle)));
                out.addSlice(
                        "t",
                        part(shape, half, shape.dimension(0) - half),
                        values(dtype, Arrays.copyOfRange(littleEndian, middle, littleEndian.length)));
            } else {
                out.add("t", shape, values(dtype, littleEndian));
            }
            out.finish();
        }
        return prefix;
    }

    private static ShapeAndSlice part(Shape shape, long start, long length) {
        return new ShapeAndSlice(shape, TensorSlice.parse(start + "," + length + ":-".repeat(shape.rank() - 1)));
    }

    private static ValueSource values(DataType dtype, byte[] littleEndian) {
        return ValueSource.of(dtype, ByteBuffer.wrap(littleEndian).order(ByteOrder.LITTLE_ENDIAN));
    }

    private static byte[] expected(int width, Shape oldShape, byte[] old, Shape newShape, byte @Nullable [] rest) {
        byte[] result = rest == null ? new byte[(int) newShape.elements() * width] : rest.clone();
        int count = (int) newShape.elements();
        for (int i = 0; i < count; i++) {
            long left = i;
            long position = 0;
            long step = 1;
            boolean overlaps = true;
            for (int axis = newShape.rank() - 1; axis >= 0; axis--) {
                long index = left % newShape.dimension(axis);
                left /= newShape.dimension(axis);
                overlaps &= index < oldShape.dimension(axis);
                position += index * step;
                step *= oldShape.dimension(axis);
            }
            if (overlaps) {
                System.arraycopy(old, (int) position * width, result, i * width, width);
            }
        }
        return result;
    }

    private static Shape random(Random random, int rank) {
        return Shape.of(random.longs(rank, 0, 6)
                .map(size -> size == 0 ? random.nextInt(2) : size)
                .toArray());
    }

    @Test
    void everyDtypeInBothByteOrdersAndInSlices() throws IOException {
        List<DataType> dtypes = Values.fixedWidthTypes().toList();
        Random random = new Random(1);
        int resized = 0;
        for (int round = 0; round < 300; round++) {
            DataType dtype = dtypes.get(round % dtypes.size());
            int rank = 1 + random.nextInt(4);
            Shape oldShape = random(random, rank);
            Shape newShape = random(random, rank);
            byte[] old = bytes(dtype, oldShape, round);
            byte[] rest = bytes(dtype, newShape, -round - 1L);
            Path source = write(dtype, oldShape, old, order(random), random.nextBoolean());
            Path model = write(dtype, newShape, rest, order(random), random.nextBoolean());
            boolean fills = random.nextBoolean();
            Path target = next();
            ByteOrder order = order(random);
            try (Checkpoint from = Checkpoint.open(source);
                    Checkpoint to = Checkpoint.open(model)) {
                GraphFit fit = GraphFit.to(to).resize();
                Rewrite rewrite = Rewrite.of(from)
                        .fitTo(fills ? fit.fillFrom(to) : fit)
                        .order(order)
                        .build();
                RewrittenTensor tensor = rewrite.tensors().get(0);
                assertThat(tensor.isResized()).isEqualTo(!oldShape.equals(newShape));
                assertThat(tensor.rest().isPresent()).isEqualTo(fills && tensor.isResized());
                assertThat(tensor.filled()).isFalse();
                resized += tensor.isResized() ? 1 : 0;
                rewrite.run(target);
            }
            String what = dtype + " " + oldShape + " -> " + newShape;
            assertThat(Checkpoints.problems(target)).as(what).isEmpty();
            try (Checkpoint result = Checkpoint.open(target)) {
                TensorInfo info = result.find("t").orElseThrow();
                assertThat(info.shape()).as(what).isEqualTo(newShape);
                assertThat(info.dtype()).as(what).isEqualTo(dtype);
                assertThat(result.byteOrder()).isEqualTo(order);
                byte[] found = Values.hex(Values.hex(result.tensor(info).asByteBuffer()));
                assertThat(order == ByteOrder.LITTLE_ENDIAN ? found : Values.swapped(dtype, found))
                        .as(what)
                        .isEqualTo(expected(dtype.width(), oldShape, old, newShape, fills ? rest : null));
            }
        }
        assertThat(resized).isGreaterThan(250);
    }

    private static ByteOrder order(Random random) {
        return random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private static byte[] bytes(DataType dtype, Shape shape, long seed) {
        byte[] bytes = Values.random(seed, (int) shape.elements() * dtype.width());
        if (dtype == DataType.DT_BOOL) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] &= 1;
            }
        }
        return bytes;
    }

    @Test
    void largeTensorsAreResizedInParts() throws IOException {
        Shape oldShape = Shape.of(700, 3, 50);
        Shape newShape = Shape.of(900, 2, 70);
        byte[] old = Values.random(1, 700 * 3 * 50 * 4);
        Path source = write(DataType.DT_INT32, oldShape, old, ByteOrder.LITTLE_ENDIAN, true);
        byte[] rest = Values.random(2, 900 * 2 * 70 * 4);
        Path model = write(DataType.DT_INT32, newShape, rest, ByteOrder.LITTLE_ENDIAN, false);
        Path target = next();
        try (Checkpoint from = Checkpoint.open(source);
                Checkpoint to = Checkpoint.open(model)) {
            RewriteSummary summary = Rewrite.of(from)
                    .fitTo(GraphFit.to(to).fillFrom(to).resize())
                    .build()
                    .run(target);
            assertThat(summary.resized()).isEqualTo(1);
            assertThat(summary.filled()).isZero();
            assertThat(summary.writtenBytes()).isEqualTo(rest.length);
        }
        try (Checkpoint result = Checkpoint.open(target)) {
            assertThat(Values.hex(result.tensor("t").asByteBuffer()))
                    .isEqualTo(Values.hex(expected(4, oldShape, old, newShape, rest)));
        }
    }

    private Path strings(Shape shape, String prefix) throws IOException {
        Path path = next();
        String[] values = new String[(int) shape.elements()];
        Arrays.setAll(values, i -> prefix + i);
        try (CheckpointWriter out = CheckpointWriter.open(path)) {
            out.add("t", shape, ValueSource.of(values));
            out.finish();
        }
        return path;
    }

    @Test
    void strings() throws IOException {
        try (Checkpoint from = Checkpoint.open(strings(Shape.of(2, 3), "old"));
                Checkpoint to = Checkpoint.open(strings(Shape.of(3, 2), "new"))) {
            List<String[]> found = new ArrayList<>();
            for (GraphFit fit :
                    List.of(GraphFit.to(to).resize(), GraphFit.to(to).resize().fillFrom(to))) {
                Path target = next();
                Rewrite.of(from).fitTo(fit).build().run(target);
                try (Checkpoint result = Checkpoint.open(target)) {
                    found.add(result.tensor("t").toStringArray());
                }
            }
            assertThat(found.get(0)).containsExactly("old0", "old1", "old3", "old4", "", "");
            assertThat(found.get(1)).containsExactly("old0", "old1", "old3", "old4", "new4", "new5");
        }
    }

    @Test
    void aV1Checkpoint() throws IOException {
        Path source = new V1Builder()
                .slice("t", DataType.DT_INT32, new long[] {4}, "0,2", ints(1, 2))
                .slice("t", DataType.DT_INT32, new long[] {4}, "2,2", ints(3, 4))
                .write(next());
        Path model = next();
        try (CheckpointWriter out = CheckpointWriter.open(model)) {
            out.add("t", Shape.of(6), ValueSource.of(10, 20, 30, 40, 50, 60));
            out.finish();
        }
        try (Checkpoint from = Checkpoint.open(source);
                Checkpoint to = Checkpoint.open(model)) {
            Path target = next();
            Rewrite.of(from)
                    .fitTo(GraphFit.to(to).fillFrom(to).resize())
                    .build()
                    .run(target);
            try (Checkpoint result = Checkpoint.open(target)) {
                assertThat(result.tensor("t").toIntArray()).containsExactly(1, 2, 3, 4, 50, 60);
            }
        }
    }

    @Test
    void castBeforeTheyAreCombined() throws IOException {
        Path source = next();
        Path model = next();
        try (CheckpointWriter out =
                        CheckpointWriter.open(source, WriteOptions.DEFAULT.withOrder(ByteOrder.BIG_ENDIAN));
                CheckpointWriter other = CheckpointWriter.open(model)) {
            out.add("t", Shape.of(2, 1), ValueSource.of(1.5, 2.5));
            out.finish();
            other.add("t", Shape.of(2, 2), ValueSource.of(-1f, -2, -3, -4));
            other.finish();
        }
        Path target = next();
        try (Checkpoint from = Checkpoint.open(source);
                Checkpoint to = Checkpoint.open(model)) {
            GraphFit fit = GraphFit.to(to).fillFrom(to).resize();
            assertThat(Rewrite.of(from).fitTo(fit).build().tensors())
                    .as("without a cast, the dtype does not fit")
                    .allMatch(RewrittenTensor::filled);
            Rewrite.of(from).fitTo(fit).cast(DataType.DT_FLOAT).build().run(target);
        }
        try (Checkpoint result = Checkpoint.open(target)) {
            assertThat(result.tensor("t").toFloatArray()).containsExactly(1.5f, -2, 2.5f, -4);
        }
    }
}
