package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.DoubleToIntFunction;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.SmallFloats;
import org.tfckpt.tensor.TensorSlice;

@DisplayName("Floats are cast to the nearest, ties to even")
class FloatCastTest {
    @TempDir
    private Path directory;

    /** Decodes 16 bits by the formula of IEEE 754. */
    private static double value(int bits, int mantissaBits, int bias) {
        int exponent = bits >> mantissaBits;
        int mantissa = bits & ((1 << mantissaBits) - 1);
        return exponent == 0
                ? mantissa * Math.pow(2, 1 - bias - mantissaBits)
                : (mantissa + (1 << mantissaBits)) * Math.pow(2, exponent - bias - mantissaBits);
    }

    /** Checks every number, every midpoint between two of them, and the doubles next to it. */
    private static void everyBoundary(DoubleToIntFunction rounding, IntToDoubleFunction value, int infinity) {
        for (int bits = 0; bits < infinity; bits++) {
            double low = value.applyAsDouble(bits);
            // Values round to infinity from where the next larger exponent would round up.
            double high = value.applyAsDouble(bits + 1);
            double middle = (low + high) / 2;
            int even = bits + (bits & 1);
            check(rounding, low, bits);
            check(rounding, middle, even);
            check(rounding, Math.nextDown(middle), bits);
            check(rounding, Math.nextUp(middle), bits + 1);
        }
        check(rounding, Double.POSITIVE_INFINITY, infinity);
        check(rounding, Double.MAX_VALUE, infinity);
        check(rounding, Double.MIN_VALUE, 0);
        check(rounding, Double.MIN_NORMAL, 0);
    }

    private static void check(DoubleToIntFunction rounding, double value, int bits) {
        if (rounding.applyAsInt(value) != bits || rounding.applyAsInt(-value) != (bits | 0x8000)) {
            assertThat(rounding.applyAsInt(value)).as("%s", value).isEqualTo(bits);
            assertThat(rounding.applyAsInt(-value)).as("%s", -value).isEqualTo(bits | 0x8000);
        }
    }

    @Test
    void everyBoundaryOfHalf() {
        everyBoundary(value -> SmallFloats.toHalf(value) & 0xffff, bits -> value(bits, 10, 15), 0x7c00);
        assertThat(SmallFloats.half(SmallFloats.toHalf(65_519.996))).isEqualTo(65_504f);
        assertThat(SmallFloats.half(SmallFloats.toHalf(65_520))).isInfinite();
    }

    @Test
    void everyBoundaryOfBfloat16() {
        everyBoundary(value -> SmallFloats.toBfloat16(value) & 0xffff, bits -> value(bits, 7, 127), 0x7f80);
    }

    @Test
    void nothingIsRoundedTwice() {
        // Rounded to a float first, this would be a midpoint between two halves, and then round down to even.
        double justAbove = 1 + 0x1p-11 + 0x1p-40;
        assertThat(SmallFloats.half(SmallFloats.toHalf(justAbove))).isEqualTo(1 + 0x1p-10f);
        assertThat(SmallFloats.half(SmallFloats.toHalf((float) justAbove))).isEqualTo(1);
    }

    @Test
    void nanStaysNan() {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            double nan = Double.longBitsToDouble(0x7ff0_0000_0000_0001L | (random.nextLong() & 0x800f_ffff_ffff_ffffL));
            assertThat(SmallFloats.half(SmallFloats.toHalf(nan))).isNaN();
            assertThat(SmallFloats.bfloat16(SmallFloats.toBfloat16(nan))).isNaN();
        }
    }

    @Test
    void castsATensorToEveryFloat() throws IOException {
        float[] values = {0, -0f, 1, 1.0009764f, -65_504, 65_520, 1e-8f, Float.NaN, Float.MAX_VALUE};
        Path source = directory.resolve("source");
        try (CheckpointWriter out = CheckpointWriter.open(source)) {
            out.add("floats", Shape.of(9), ValueSource.of(values));
            out.add("ints", Shape.of(1), ValueSource.of(7));
            out.finish();
        }
        for (DataType dtype : new DataType[] {DataType.DT_HALF, DataType.DT_BFLOAT16, DataType.DT_DOUBLE}) {
            Path target = directory.resolve(dtype.name());
            try (Checkpoint checkpoint = Checkpoint.open(source)) {
                RewriteSummary summary =
                        Rewrite.of(checkpoint).cast(dtype).build().run(target);
                assertThat(summary.cast()).isEqualTo(1);
                assertThat(summary.writtenBytes()).isEqualTo(9L * dtype.width() + 4);
            }
            try (Checkpoint checkpoint = Checkpoint.open(target)) {
                assertThat(checkpoint.tensor("floats").dtype()).isEqualTo(dtype);
                assertThat(checkpoint.tensor("ints").toIntArray()).containsExactly(7);
                ByteBuffer bytes = checkpoint.tensor("floats").asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
                for (float value : values) {
                    switch (dtype) {
                        case DT_HALF -> assertThat(bytes.getShort()).isEqualTo(SmallFloats.toHalf(value));
                        case DT_BFLOAT16 -> assertThat(bytes.getShort()).isEqualTo(SmallFloats.toBfloat16(value));
                        default -> assertThat(bytes.getDouble()).isEqualByComparingTo((double) value);
                    }
                }
            }
        }
    }

    @Test
    void slicesAreKeptAndLargeTensorsAreCastInParts() throws IOException {
        int half = 100_000;
        double[] values = new Random(2).doubles(2L * half).toArray();
        ByteBuffer bytes = ByteBuffer.allocate(16 * half).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        Path source = directory.resolve("source");
        try (CheckpointWriter out = CheckpointWriter.open(source)) {
            for (int part = 0; part < 2; part++) {
                out.addSlice(
                        "v",
                        new ShapeAndSlice(Shape.of(2L * half), TensorSlice.parse(part * half + "," + half)),
                        ValueSource.of(
                                DataType.DT_DOUBLE,
                                bytes.slice(8 * half * part, 8 * half).order(ByteOrder.LITTLE_ENDIAN)));
            }
            out.finish();
        }
        for (boolean whole : new boolean[] {false, true}) {
            Path target = directory.resolve("target" + whole);
            try (Checkpoint checkpoint = Checkpoint.open(source)) {
                Rewrite.Builder rewrite = Rewrite.of(checkpoint).cast(DataType.DT_FLOAT);
                (whole ? rewrite.joinSlices() : rewrite).build().run(target);
            }
            try (Checkpoint checkpoint = Checkpoint.open(target)) {
                assertThat(checkpoint.find("v").orElseThrow().isPartitioned()).isEqualTo(!whole);
                float[] found = checkpoint.tensor("v").toFloatArray();
                for (int i = 0; i < values.length; i++) {
                    if (found[i] != (float) values[i]) {
                        assertThat(found[i]).as("%d", i).isEqualTo((float) values[i]);
                    }
                }
            }
        }
    }
}
