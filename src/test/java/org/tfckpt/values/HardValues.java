package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.SmallFloats;

/** Elements for which naive sums, extremes or comparisons are wrong. */
final class HardValues {
    private HardValues() {}

    /** Returns elements of a dtype, little-endian, by the name of their kind. */
    static Map<String, ByteBuffer> of(DataType type, long seed, int count) {
        Random random = new Random(seed);
        Map<String, ByteBuffer> kinds = new LinkedHashMap<>();
        byte[] bits = new byte[count * type.width()];
        random.nextBytes(bits);
        kinds.put("bits", ByteBuffer.wrap(bits).order(ByteOrder.LITTLE_ENDIAN));
        kinds.put("zeros", ByteBuffer.allocate(count * type.width()).order(ByteOrder.LITTLE_ENDIAN));
        kinds.put("empty", ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN));
        if (!Elements.isInteger(type) && type != DataType.DT_BOOL) {
            double large = type.swapUnit() == Double.BYTES
                    ? Double.MAX_VALUE
                    : type.swapUnit() == Float.BYTES ? Float.MAX_VALUE : 50_000;
            double tiny = type.swapUnit() == Double.BYTES ? Double.MIN_VALUE : Float.MIN_VALUE;
            Map<String, DoubleSupplier> suppliers = new LinkedHashMap<>();
            suppliers.put("normal", () -> random.nextGaussian() * 0.1);
            suppliers.put("shifted", () -> 1e4 + random.nextGaussian() * 1e-3);
            suppliers.put("large", () -> (random.nextDouble() - 0.25) * large);
            suppliers.put("largest", () -> large);
            suppliers.put("subnormal", () -> (random.nextInt(100) - 30) * tiny);
            suppliers.put("cancelling", cancelling(random, large));
            suppliers.put("signed zeros", () -> random.nextBoolean() ? 0.0 : -0.0);
            suppliers.put("sparse", () -> random.nextInt(4) > 0 ? 0 : random.nextGaussian());
            suppliers.put("not finite", notFinite(random));
            suppliers.put("no finite", () -> Double.NEGATIVE_INFINITY / random.nextInt(3));
            suppliers.forEach((name, supplier) -> kinds.put(name, elements(type, count, supplier)));
        } else if (type.width() == Long.BYTES) {
            ByteBuffer beyond = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            while (beyond.hasRemaining()) {
                beyond.putLong((1L << 53) + random.nextInt(3) + (random.nextInt(9) == 0 ? Long.MIN_VALUE : 0));
            }
            kinds.put("beyond 2^53", beyond.flip());
        }
        return kinds;
    }

    private static DoubleSupplier cancelling(Random random, double large) {
        List<Double> next = new ArrayList<>();
        return () -> {
            if (next.isEmpty()) {
                double value = large * random.nextDouble();
                next.addAll(List.of(-value, random.nextDouble(), value));
            }
            return next.remove(next.size() - 1);
        };
    }

    private static DoubleSupplier notFinite(Random random) {
        return () -> switch (random.nextInt(6)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> Double.NEGATIVE_INFINITY;
            default -> random.nextGaussian() * 1e3;
        };
    }

    /** Returns elements; complex ones get two numbers each, and 8-bit floats random bits. */
    static ByteBuffer elements(DataType type, int count, DoubleSupplier values) {
        ByteBuffer bytes = ByteBuffer.allocate(count * type.width()).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            double value = values.getAsDouble();
            switch (type) {
                case DT_FLOAT, DT_COMPLEX64 -> bytes.putFloat((float) value);
                case DT_DOUBLE, DT_COMPLEX128 -> bytes.putDouble(value);
                case DT_HALF -> bytes.putShort(SmallFloats.toHalf(value));
                case DT_BFLOAT16 -> bytes.putShort(SmallFloats.toBfloat16(value));
                default -> bytes.put((byte) Double.hashCode(value));
            }
        }
        return bytes.flip();
    }
}
