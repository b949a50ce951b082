package org.tfckpt.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.tfckpt.tensor.DataType;

/** Helpers for the bytes of tensors. */
public final class Values {
    private Values() {}

    public static Stream<DataType> fixedWidthTypes() {
        return Arrays.stream(DataType.values()).filter(DataType::isFixedWidth);
    }

    public static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    public static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    public static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Returns random bytes; the same seed gives the same bytes. */
    public static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Returns the elements in the other byte order, without using the code under test. */
    public static byte[] swapped(DataType type, byte[] value) {
        byte[] swapped = value.clone();
        int unit = type.swapUnit();
        for (int i = 0; i < value.length; i++) {
            swapped[i] = value[i / unit * unit + unit - 1 - i % unit];
        }
        return swapped;
    }

    public static byte[] floats(ByteOrder order, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(order);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    public static byte[] floats(float... values) {
        return floats(ByteOrder.LITTLE_ENDIAN, values);
    }
}
