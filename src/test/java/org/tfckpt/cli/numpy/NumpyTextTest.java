package org.tfckpt.cli.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

@DisplayName("Values are printed as NumPy prints them")
class NumpyTextTest {
    private static String print(ArrayValues values) throws IOException {
        return MemoryValues.print(values, PrintOptions.DEFAULT);
    }

    private static ByteBuffer allocate(DataType dtype, Shape shape) {
        return ByteBuffer.allocate(Math.toIntExact(shape.elements() * dtype.width()))
                .order(ByteOrder.BIG_ENDIAN);
    }

    private static ArrayValues values(DataType dtype, ByteBuffer bytes, long... shape) {
        return new MemoryValues(dtype, Shape.of(shape), bytes, List.of());
    }

    private static String floats(Shape shape, double... numbers) throws IOException {
        ByteBuffer bytes = allocate(DataType.DT_FLOAT, shape);
        for (double number : numbers) {
            bytes.putFloat((float) number);
        }
        return print(values(DataType.DT_FLOAT, bytes, shape.toArray()));
    }

    private static String floats(double... numbers) throws IOException {
        return floats(Shape.of(numbers.length), numbers);
    }

    private static String scalar(double number) throws IOException {
        return floats(Shape.of(), number);
    }

    private static String doubles(Shape shape, double... numbers) throws IOException {
        ByteBuffer bytes = allocate(DataType.DT_DOUBLE, shape);
        for (double number : numbers) {
            bytes.putDouble(number);
        }
        return print(values(DataType.DT_DOUBLE, bytes, shape.toArray()));
    }

    private static String halves(Shape shape, int... bits) throws IOException {
        ByteBuffer bytes = allocate(DataType.DT_HALF, shape);
        for (int each : bits) {
            bytes.putShort((short) each);
        }
        return print(values(DataType.DT_HALF, bytes, shape.toArray()));
    }

    private static String complex(Shape shape, double... parts) throws IOException {
        ByteBuffer bytes = allocate(DataType.DT_COMPLEX64, shape);
        for (double part : parts) {
            bytes.putFloat((float) part);
        }
        return print(values(DataType.DT_COMPLEX64, bytes, shape.toArray()));
    }

    private static String ints(Shape shape, int... numbers) throws IOException {
        ByteBuffer bytes = allocate(DataType.DT_INT32, shape);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return print(values(DataType.DT_INT32, bytes, shape.toArray()));
    }

    private static String strings(Shape shape, String... latin1) throws IOException {
        List<byte[]> bytes = Stream.of(latin1)
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
        return print(MemoryValues.ofStrings(shape, bytes));
    }

    @Test
    @DisplayName("NP-01 scalars of float32")
    void floatScalars() throws IOException {
        assertThat(scalar(1)).isEqualTo("1.0");
        assertThat(scalar(0.1)).isEqualTo("0.1");
        assertThat(scalar(1e-5)).isEqualTo("1e-05");
        assertThat(scalar(1e15)).isEqualTo("1000000000000000.0");
        assertThat(scalar(1e16)).isEqualTo("1e+16");
        assertThat(scalar(123456789)).isEqualTo("123456790.0");
        assertThat(scalar(Double.NaN)).isEqualTo("nan");
        assertThat(scalar(Double.NEGATIVE_INFINITY)).isEqualTo("-inf");
    }

    @Test
    @DisplayName("NP-02 scalars of other dtypes")
    void otherScalars() throws IOException {
        assertThat(doubles(Shape.of(), 1.0 / 3)).isEqualTo("0.3333333333333333");
        assertThat(halves(Shape.of(), 0x2e66)).isEqualTo("0.1");
        assertThat(print(values(DataType.DT_BOOL, ByteBuffer.wrap(new byte[] {1}))))
                .isEqualTo("True");
        assertThat(complex(Shape.of(), 1, 2)).isEqualTo("(1+2j)");
        assertThat(ints(Shape.of(), -5)).isEqualTo("-5");
    }

    @Test
    @DisplayName("NP-03 a scalar of bytes")
    void stringScalar() throws IOException {
        assertThat(strings(Shape.of(), "ab\0\"'\n\u00ff")).isEqualTo("b'ab\\x00\"\\'\\n\\xff'");
    }

    @Test
    @DisplayName("NP-04 points below each other")
    void positional() throws IOException {
        assertThat(floats(1, 2, 3)).isEqualTo("[1. 2. 3.]");
        assertThat(floats(.1, .25, -3)).isEqualTo("[ 0.1   0.25 -3.  ]");
        assertThat(floats(-0.0, 1)).isEqualTo("[-0.  1.]");
    }

    @Test
    @DisplayName("NP-05 exponents")
    void scientific() throws IOException {
        assertThat(floats(1e-8, 1)).isEqualTo("[1.e-08 1.e+00]");
        assertThat(floats(1e10, 1)).isEqualTo("[1.e+10 1.e+00]");
        assertThat(floats(.0001, 1000.5)).isEqualTo("[1.0000e-04 1.0005e+03]");
        assertThat(floats(.0001, 999999)).isEqualTo("[1.00000e-04 9.99999e+05]");
        assertThat(halves(Shape.of(2), 0x2e66, 0x7bff)).isEqualTo("[1.00e-01 6.55e+04]");
    }

    @Test
    @DisplayName("NP-06 not finite")
    void notFinite() throws IOException {
        assertThat(floats(1, Double.NaN, Double.NEGATIVE_INFINITY)).isEqualTo("[  1.  nan -inf]");
        assertThat(floats(Double.NaN, Double.POSITIVE_INFINITY)).isEqualTo("[nan inf]");
    }

    @Test
    @DisplayName("NP-07 a matrix")
    void matrix() throws IOException {
        assertThat(floats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6.5)).isEqualTo("[[1.  2.  3. ]\n [4.  5.  6.5]]");
    }

    @Test
    @DisplayName("NP-08 integers and booleans")
    void integersAndBooleans() throws IOException {
        assertThat(ints(Shape.of(2, 2), 1, -20, 300, 4)).isEqualTo("[[  1 -20]\n [300   4]]");
        assertThat(print(values(DataType.DT_BOOL, ByteBuffer.wrap(new byte[] {1, 0}), 2)))
                .isEqualTo("[ True False]");
    }

    @Test
    @DisplayName("NP-09 arrays of bytes")
    void arraysOfStrings() throws IOException {
        assertThat(strings(Shape.of(3), "hello", "", "x\0\u00ff")).isEqualTo("[b'hello' b'' b'x\\x00\\xff']");
        assertThat(strings(Shape.of(2, 2), "a", "bcd", "e", "f")).isEqualTo("[[b'a' b'bcd']\n [b'e' b'f']]");
    }

    @Test
    @DisplayName("NP-10 complex numbers")
    void complexNumbers() throws IOException {
        assertThat(complex(Shape.of(2), 1, 2, -3.5, -1)).isEqualTo("[ 1. +2.j -3.5-1.j]");
        assertThat(complex(Shape.of(1), 1e-10, 1)).isEqualTo("[1.e-10+1.j]");
    }

    @Test
    @DisplayName("NP-11 no element")
    void empty() throws IOException {
        for (Shape shape : List.of(Shape.of(0), Shape.of(0, 3), Shape.of(2, 0))) {
            assertThat(floats(shape)).isEqualTo("[]");
        }
    }

    @Test
    @DisplayName("NP-12 three axes")
    void threeAxes() throws IOException {
        double[] numbers = IntStream.range(0, 12).asDoubleStream().toArray();
        assertThat(floats(Shape.of(2, 3, 2), numbers)).isEqualTo("""
                        [[[ 0.  1.]
                          [ 2.  3.]
                          [ 4.  5.]]

                         [[ 6.  7.]
                          [ 8.  9.]
                          [10. 11.]]]""");
    }

    @Test
    @DisplayName("NP-13 summarised above a thousand elements")
    void summarised() throws IOException {
        double[] numbers = IntStream.range(0, 1001).asDoubleStream().toArray();
        assertThat(floats(numbers)).isEqualTo("[   0.    1.    2. ...  998.  999. 1000.]");
        assertThat(floats(Arrays.copyOf(numbers, 1000))).doesNotContain("...").contains(" 500. ");
    }

    @Test
    @DisplayName("NP-14 a summarised matrix")
    void summarisedMatrix() throws IOException {
        double[] ones = new double[1200];
        Arrays.fill(ones, 1);
        String row = "[1. 1. 1. ... 1. 1. 1.]";
        assertThat(floats(Shape.of(40, 30), ones))
                .isEqualTo("[" + String.join("\n ", row, row, row, "...", row, row, row) + "]");
    }

    @Test
    @DisplayName("NP-15 a long row of floats is wrapped")
    void wrappedFloats() throws IOException {
        double[] numbers =
                IntStream.range(0, 20).mapToDouble(i -> (float) (i / 19.0)).toArray();
        assertThat(floats(numbers))
                .startsWith("[0.         0.05263158 0.10526316 0.15789473 0.21052632 0.2631579\n 0.31578946 ");
    }

    @Test
    @DisplayName("NP-16 a long row of integers is wrapped")
    void wrappedIntegers() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(30);
        IntStream.range(0, 30).forEach(i -> bytes.put((byte) i));
        String first =
                IntStream.range(0, 24).mapToObj(i -> String.format("%2d", i)).collect(Collectors.joining(" "));
        assertThat(print(values(DataType.DT_UINT8, bytes, 30))).isEqualTo("[" + first + "\n 24 25 26 27 28 29]");
    }

    @Test
    @DisplayName("NP-17 four axes")
    void fourAxes() throws IOException {
        assertThat(ints(Shape.of(2, 1, 1, 2), 0, 0, 0, 0)).isEqualTo("[[[[0 0]]]\n\n\n [[[0 0]]]]");
    }

    @Test
    @DisplayName("NP-18 exponents of float64")
    void scientificDoubles() throws IOException {
        assertThat(doubles(Shape.of(3), 1.0 / 3, 2e5 / 3, 1e5))
                .isEqualTo("[3.33333333e-01 6.66666667e+04 1.00000000e+05]");
    }

    @Test
    @DisplayName("NP-19 a long row of bytes is wrapped")
    void wrappedStrings() throws IOException {
        String element = "x".repeat(30);
        String line = "b'" + element + "' b'" + element + "'";
        assertThat(strings(Shape.of(1, 4), Collections.nCopies(4, element).toArray(String[]::new)))
                .isEqualTo("[[" + line + "\n  " + line + "]]");
    }

    /** As many elements as nobody has; it remembers how many were asked for. */
    private static final class Endless implements ArrayValues {
        private long read;

        @Override
        public DataType dtype() {
            return DataType.DT_INT64;
        }

        @Override
        public Shape shape() {
            return Shape.of(1L << 30, 3, 1L << 30);
        }

        @Override
        public ByteBuffer read(long first, int count) {
            read += count;
            ByteBuffer bytes = ByteBuffer.allocate(count * Long.BYTES);
            for (int i = 0; i < count; i++) {
                bytes.putLong(first + i);
            }
            return bytes.flip();
        }

        @Override
        public byte[] string(long index) {
            throw new AssertionError("no strings");
        }
    }

    @Test
    void onlyWhatIsShownIsRead() throws IOException {
        Endless endless = new Endless();
        assertThat(MemoryValues.print(endless, PrintOptions.DEFAULT.with("edgeitems=1")))
                .isEqualTo("""
                        [[[                  0 ...          1073741823]
                          ...
                          [         2147483648 ...          3221225471]]

                         ...

                         [[3458764510599315456 ... 3458764511673057279]
                          ...
                          [3458764512746799104 ... 3458764513820540927]]]""");
        assertThat(endless.read).isLessThan(100);
    }

    @Test
    void aDtypeWithoutValuesInNumpyIsRefused() {
        ArrayValues variant = values(DataType.DT_VARIANT, ByteBuffer.allocate(0));
        assertThatThrownBy(() -> print(variant))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("NumPy has no values of DT_VARIANT");
    }
}
