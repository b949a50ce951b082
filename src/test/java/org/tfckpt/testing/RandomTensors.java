package org.tfckpt.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.testing.Exchange.Item;

/** Random tensors of all kinds; the same seed gives the same tensors. */
public final class RandomTensors {
    /** Every dtype that TensorFlow 2.18 can save, except variants. */
    public static final List<DataType> OF_TENSORFLOW_2_18 = Arrays.stream(DataType.values())
            .filter(dtype -> dtype.isFixedWidth() || dtype == DataType.DT_STRING)
            .filter(dtype -> dtype.number() <= DataType.DT_FLOAT8_E4M3FN.number()
                    || dtype == DataType.DT_INT4
                    || dtype == DataType.DT_UINT4)
            .toList();

    /** Those and newer ones. */
    public static final List<DataType> ALL = Stream.concat(Values.fixedWidthTypes(), Stream.of(DataType.DT_STRING))
            .toList();

    public static final List<String> ODD_NAMES = List.of(
            " ", "a b", "a\nb", "\u0001", "ä/名前", "\uD83D\uDE00", "x".repeat(5000), "a", "a/", "a//b", "a\u0000b", "~");

    private final Random random;

    public RandomTensors(long seed) {
        this.random = new Random(seed);
    }

    /** Returns a tensor of random bits; booleans are 0 or 1, and small integers use their low bits only. */
    public Item item(String name, DataType dtype, long... shape) {
        return new Item(TensorNames.encode(name), "", dtype.number(), shape, values(dtype, Shape.of(shape)));
    }

    private List<byte[]> values(DataType dtype, Shape shape) {
        int count = (int) shape.elements();
        if (dtype == DataType.DT_STRING) {
            List<byte[]> strings = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                strings.add(bytes(random.nextInt(8) == 0 ? random.nextInt(400) : random.nextInt(8)));
            }
            return strings;
        }
        byte[] bytes = bytes(count * dtype.width());
        int mask = mask(dtype);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] &= (byte) mask;
        }
        return List.of(bytes);
    }

    private static int mask(DataType dtype) {
        return switch (dtype) {
            case DT_BOOL -> 1;
            case DT_INT2, DT_UINT2 -> 3;
            case DT_INT4, DT_UINT4, DT_FLOAT4_E2M1FN -> 15;
            default -> 255;
        };
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Returns a set of tensors, some of them partitioned. */
    public List<Item> items(List<DataType> dtypes) {
        Set<String> names = new HashSet<>();
        int count = 1 + random.nextInt(30);
        for (int i = 0; i < count; i++) {
            names.add(name());
        }
        List<Item> items = new ArrayList<>();
        for (String name : names) {
            DataType dtype = dtypes.get(random.nextInt(dtypes.size()));
            long[] shape = shape();
            if (shape.length > 0 && shape[0] > 1 && Shape.of(shape).elements() > 0 && random.nextInt(3) == 0) {
                slices(items, name, dtype, shape);
            } else {
                items.add(item(name, dtype, shape));
            }
        }
        java.util.Collections.shuffle(items, random);
        return items;
    }

    private String name() {
        if (random.nextInt(6) == 0) {
            return ODD_NAMES.get(random.nextInt(ODD_NAMES.size()));
        }
        String[] parts = {"layer", "kernel", "bias", "Adam", "0", "_", "block"};
        StringBuilder name = new StringBuilder("t");
        for (int i = random.nextInt(4); i >= 0; i--) {
            name.append(random.nextBoolean() ? "/" : "_").append(parts[random.nextInt(parts.length)]);
        }
        return name.append(random.nextInt(20)).toString();
    }

    private long[] shape() {
        long[] shape = new long[random.nextInt(5)];
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = random.nextInt(12) == 0 ? 0 : 1L + random.nextInt(6);
        }
        return shape;
    }

    /** Partitions a tensor along the first dimension. */
    private void slices(List<Item> items, String name, DataType dtype, long... shape) {
        StringBuilder whole = new StringBuilder();
        for (long dimension : shape) {
            whole.append(dimension).append(' ');
        }
        for (long start = 0; start < shape[0]; ) {
            long length = 1L + random.nextInt((int) (shape[0] - start));
            long[] part = shape.clone();
            part[0] = length;
            StringBuilder spec =
                    new StringBuilder(whole).append(start).append(',').append(length);
            for (int axis = 1; axis < shape.length; axis++) {
                spec.append(':').append(random.nextBoolean() ? "-" : "0," + shape[axis]);
            }
            Item values = item(name, dtype, part);
            items.add(new Item(values.name(), spec.toString(), dtype.number(), part, values.values()));
            start += length;
        }
    }
}
