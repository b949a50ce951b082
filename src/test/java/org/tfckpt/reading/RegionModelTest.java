package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Slices;
import org.tfckpt.testing.V1Builder;

/** Compares random regions and byte ranges of randomly sliced tensors, in both formats, with plain indexing. */
class RegionModelTest {
    private static final DataType[] TYPES = {
        DataType.DT_UINT8, DataType.DT_HALF, DataType.DT_FLOAT, DataType.DT_DOUBLE, DataType.DT_COMPLEX128
    };

    @TempDir
    Path directory;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void regionsAreWhatIndexingGives(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            long[] shape = shape(random);
            DataType dtype = TYPES[random.nextInt(TYPES.length)];
            byte[] value = new byte[(int) Shape.of(shape).elements() * dtype.width()];
            random.nextBytes(value);
            List<TensorSlice> slices = partition(random, shape);
            Path path = write(random, shape, dtype, value, slices);
            ReadOptions options = round % 2 == 0 ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping();
            try (Checkpoint checkpoint = Checkpoint.open(path, options)) {
                assertThat(checkpoint.verify(problem -> {}).isIntact()).isTrue();
                Tensor tensor = checkpoint.tensor("t");
                requireSame(random, tensor, value);
                for (int i = 0; i < 10; i++) {
                    TensorSlice region = region(random, shape);
                    byte[] wanted = Slices.cut(shape, dtype.width(), value, region);
                    Tensor part = tensor.slice(region);
                    assertThat(part.shape()).isEqualTo(region.of(Shape.of(shape)));
                    requireSame(random, part, wanted);
                    if (wanted.length > 0) {
                        long[] inner = part.shape().toArray();
                        TensorSlice within = region(random, inner);
                        requireSame(random, part.slice(within), Slices.cut(inner, dtype.width(), wanted, within));
                    }
                }
            }
        }
    }

    private Path write(Random random, long[] shape, DataType dtype, byte[] value, List<TensorSlice> slices) {
        if (dtype == DataType.DT_FLOAT && random.nextBoolean()) {
            V1Builder file = new V1Builder();
            for (TensorSlice slice : slices) {
                float[] floats = new float[(int) slice.of(Shape.of(shape)).elements()];
                ByteBuffer.wrap(Slices.cut(shape, 4, value, slice))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(floats);
                file.slice("t", dtype, shape, slice, V1Builder.floats(floats));
            }
            return file.write(directory.resolve("v1"));
        }
        BundleBuilder bundle = new BundleBuilder();
        if (slices.size() == 1 && random.nextBoolean()) {
            bundle.tensor("t", dtype, shape, value);
        } else {
            String[] texts = slices.stream().map(Object::toString).toArray(String[]::new);
            Slices.tensor(bundle, "t", dtype, shape, value, texts);
        }
        return bundle.write(directory.resolve("v2"));
    }

    private static void requireSame(Random random, Tensor tensor, byte[] wanted) throws Exception {
        assertThat(tensor.byteSize()).isEqualTo(wanted.length);
        assertThat(tensor.asByteBuffer()).isEqualTo(ByteBuffer.wrap(wanted));
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        tensor.forEachPart(part -> {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            parts.writeBytes(bytes);
        });
        assertThat(parts.toByteArray()).isEqualTo(wanted);
        for (int i = 0; i < 5; i++) {
            int from = random.nextInt(wanted.length + 1);
            int to = from + random.nextInt(wanted.length - from + 1);
            ByteBuffer target = ByteBuffer.allocate(to - from + 8).position(3).limit(3 + to - from);
            tensor.read(from, target);
            assertThat(target.position()).isEqualTo(target.limit());
            assertThat(Arrays.copyOfRange(target.array(), 3, 3 + to - from))
                    .isEqualTo(Arrays.copyOfRange(wanted, from, to));
        }
    }

    private static long[] shape(Random random) {
        long[] shape = new long[1 + random.nextInt(4)];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = 1L + random.nextInt(random.nextInt(8) == 0 ? 40 : 7);
        }
        return shape;
    }

    private static TensorSlice region(Random random, long[] shape) {
        long[] starts = new long[shape.length];
        long[] lengths = new long[shape.length];
        for (int axis = 0; axis < shape.length; axis++) {
            if (random.nextInt(3) == 0) {
                lengths[axis] = TensorSlice.FULL;
            } else {
                starts[axis] = random.nextInt((int) shape[axis]);
                lengths[axis] = 1L + random.nextInt((int) (shape[axis] - starts[axis]));
            }
        }
        return TensorSlice.ofExtents(starts, lengths);
    }

    /** Splits a tensor repeatedly at random places along random axes. */
    private static List<TensorSlice> partition(Random random, long[] shape) {
        List<TensorSlice> parts =
                new ArrayList<>(List.of(TensorSlice.full(shape.length).spelledOut(Shape.of(shape))));
        for (int cuts = random.nextInt(12); cuts > 0; cuts--) {
            TensorSlice part = parts.remove(random.nextInt(parts.size()));
            int axis = random.nextInt(shape.length);
            long length = part.length(axis);
            if (length < 2) {
                parts.add(part);
                continue;
            }
            long first = 1L + random.nextInt((int) length - 1);
            parts.add(with(part, axis, part.start(axis), first));
            parts.add(with(part, axis, part.start(axis) + first, length - first));
        }
        Collections.shuffle(parts, random);
        return parts;
    }

    private static TensorSlice with(TensorSlice slice, int changed, long start, long length) {
        long[] starts = new long[slice.rank()];
        long[] lengths = new long[slice.rank()];
        for (int axis = 0; axis < slice.rank(); axis++) {
            starts[axis] = axis == changed ? start : slice.start(axis);
            lengths[axis] = axis == changed ? length : slice.length(axis);
        }
        return TensorSlice.ofExtents(starts, lengths);
    }

    @Test
    void regionsOfStringsAreWhatIndexingGives() throws Exception {
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            long[] shape = shape(random);
            String[] value = new String[(int) Shape.of(shape).elements()];
            for (int i = 0; i < value.length; i++) {
                value[i] = "x".repeat(random.nextInt(4)) + i;
            }
            BundleBuilder bundle = new BundleBuilder();
            List<TensorSlice> slices = partition(random, shape);
            Slices.whole(bundle, "t", DataType.DT_STRING, shape, slices.toArray(TensorSlice[]::new));
            for (TensorSlice slice : slices) {
                byte[][] part = Arrays.stream(Slices.elements(shape, slice))
                        .mapToObj(i -> value[(int) i].getBytes(StandardCharsets.UTF_8))
                        .toArray(byte[][]::new);
                bundle.strings(Slices.key("t", slice), slice.of(Shape.of(shape)).toArray(), part);
            }
            try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("strings")))) {
                assertThat(checkpoint.tensor("t").toStringArray()).isEqualTo(value);
                for (int i = 0; i < 10; i++) {
                    TensorSlice region = region(random, shape);
                    assertThat(checkpoint.tensor("t").slice(region).toStringArray())
                            .isEqualTo(Arrays.stream(Slices.elements(shape, region))
                                    .mapToObj(place -> value[(int) place])
                                    .toArray());
                }
            }
        }
    }

    @Test
    void columnsWiderThanOneReadArePutTogether() throws Exception {
        long[] shape = {3, 300_000};
        byte[] value = Slices.countingFloats(900_000);
        BundleBuilder bundle = new BundleBuilder();
        Slices.tensor(bundle, "t", DataType.DT_FLOAT, shape, value, "-:0,3", "-:3,200000", "-:200003,99997");
        for (ReadOptions options : List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping())) {
            try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("wide")), options)) {
                requireSame(new Random(1), checkpoint.tensor("t"), value);
                TensorSlice region = TensorSlice.parse("1,2:2,250000");
                requireSame(new Random(1), checkpoint.tensor("t").slice(region), Slices.cut(shape, 4, value, region));
            }
        }
    }

    @Test
    void tallColumnsArePutTogether() throws Exception {
        long[] shape = {200_000, 3};
        byte[] value = Slices.countingFloats(600_000);
        BundleBuilder bundle = new BundleBuilder();
        Slices.tensor(bundle, "t", DataType.DT_FLOAT, shape, value, "-:0,1", "-:1,2");
        for (ReadOptions options : List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping())) {
            try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("tall")), options)) {
                requireSame(new Random(1), checkpoint.tensor("t"), value);
            }
        }
    }
}
