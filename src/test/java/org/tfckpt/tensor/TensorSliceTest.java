package org.tfckpt.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorSliceTest {
    private static TensorSlice slice(String text) {
        return TensorSlice.parse(text);
    }

    private static TensorSlice extents(long... startsAndLengths) {
        long[] starts = new long[startsAndLengths.length / 2];
        long[] lengths = new long[starts.length];
        for (int axis = 0; axis < starts.length; axis++) {
            starts[axis] = startsAndLengths[2 * axis];
            lengths[axis] = startsAndLengths[2 * axis + 1];
        }
        return TensorSlice.ofExtents(starts, lengths);
    }

    @Test
    @DisplayName("SL-01 full slices")
    void sl01_fullSlices() {
        assertThat(TensorSlice.full(3)).hasToString("-:-:-");
        assertThat(TensorSlice.full(4)).hasToString("-:-:-:-");
        assertThat(TensorSlice.full(3).isFull()).isTrue();
    }

    @Test
    @DisplayName("SL-02 extents as text")
    void sl02_extentsAsText() {
        TensorSlice slice = extents(0, -1, 0, 10, 14, 1, 0, -1);
        assertThat(slice).hasToString("-:0,10:14,1:-").isEqualTo(slice("-:0,10:14,1:-"));
        assertThat(slice.isFull()).isFalse();
    }

    @Test
    @DisplayName("SL-03 text as extents")
    void sl03_textAsExtents() {
        TensorSlice slice = slice("-:-:1,3:4,5");
        assertThat(slice).isEqualTo(extents(0, -1, 0, -1, 1, 3, 4, 5));
        assertThat(slice.isFullAt(0)).isTrue();
        assertThat(slice.start(3)).isEqualTo(4);
        assertThat(slice.length(3)).isEqualTo(5);
    }

    @Test
    @DisplayName("SL-04 an extent that is not a pair of numbers")
    void sl04_noPair() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> slice("-:-:1,3:4:5"))
                .withMessage("Expected a pair of numbers or '-' but got '4': string = -:-:1,3:4:5");
    }

    @Test
    @DisplayName("SL-05 a negative start")
    void sl05_negativeStart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> slice("-:-1,3"))
                .withMessage("Expected non-negative start and positive length but got start = -1, length = 3:"
                        + " string = -:-1,3");
    }

    @Test
    @DisplayName("SL-06 numbers at and beyond 63 bits")
    void sl06_largeNumbers() {
        assertThat(slice("9223372036854775807,9223372036854775807").start(0)).isEqualTo(Long.MAX_VALUE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> slice("19223372036854775808,19223372036854775808"))
                .withMessageStartingWith(
                        "Expected a pair of numbers or '-' but got '19223372036854775808,19223372036854775808'");
    }

    @Test
    @DisplayName("SL-07 which extents are valid")
    void sl07_validExtents() {
        assertThat(extents(0, -1, 0, 10, 14, 1).isValid()).isTrue();
        assertThat(extents(0, -1, -1, 10, 14, 1).isValid()).isFalse();
        assertThat(extents(0, -1, 0, -1, 14, -3).isValid()).isFalse();
        assertThat(extents(0, -1, 0, 10, 14, -1).isValid()).isFalse();
        assertThat(extents(0, -1, 0, 10, 14, Long.MAX_VALUE).isValid()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-:- | 1,2:3,4 | 1,2:3,4",
                "1,2:3,4 | -:- | 1,2:3,4",
                "1,5:2,6:3,7:5,10 | 1,2:3,4:9,10:12,1 | 1,2:3,4:9,1:12,1",
                "-:1,1 | -:0,2 | -:1,1",
                "1,2:3,1:5,6 | 1,3:4,5:1,6 |",
                "1,1:-:4,1 | 1,1:4,1 |"
            })
    @DisplayName("SL-08 intersections")
    void sl08_intersections(String a, String b, String both) {
        assertThat(slice(a).intersect(slice(b)).map(TensorSlice::toString).orElse(null))
                .isEqualTo(both);
        assertThat(slice(b).intersect(slice(a)).map(TensorSlice::toString).orElse(null))
                .isEqualTo(both);
    }

    @Test
    @DisplayName("SL-09 the shape of a slice")
    void sl09_shapeOfASlice() {
        Shape shape = Shape.of(2, 4, 5, 8);
        assertThat(slice("1,1:-:4,1:2,6").of(shape)).isEqualTo(Shape.of(1, 4, 1, 6));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> slice("1,1:1,4:-:-").of(shape))
                .withMessage("Extent in dimension 1 out of bounds: shape = [2,4,5,8], slice = 1,1:1,4:-:-");
        assertThat(slice("1,1:1,4:-:-").fits(shape)).isFalse();
        assertThat(slice("9223372036854775807,9223372036854775807").fits(Shape.of(5)))
                .isFalse();
    }

    @Test
    @DisplayName("SL-10 a part relative to a slice")
    void sl10_relative() {
        assertThat(slice("-:-:-:-").relative(slice("-:1,2:-:3,4"))).hasToString("-:1,2:-:3,4");
        assertThat(slice("1,2:3,4:-:5,1").relative(slice("1,1:4,2:3,3:5,1"))).hasToString("0,1:1,2:3,3:0,1");
    }

    @Test
    @DisplayName("SL-12 the smallest slice around two")
    void sl12_cover() {
        assertThat(slice("2,2:-:3,7").cover(slice("-:1,3:2,2"))).hasToString("-:-:2,8");
    }

    @Test
    @DisplayName("SL-13 equal, and full within a shape")
    void sl13_equalityAndFullness() {
        assertThat(extents(0, -1).isFull()).isTrue();
        assertThat(TensorSlice.full(3)).isNotEqualTo(TensorSlice.full(4));
        assertThat(slice("0,5:0,10").isFullIn(Shape.of(5, 10))).isTrue();
        assertThat(slice("-:-").isFullIn(Shape.of(5, 10))).isTrue();
        assertThat(slice("-:-").isFullIn(Shape.of(5))).isFalse();
        assertThat(slice("0,5:0,9").isFullIn(Shape.of(5, 10))).isFalse();
        assertThat(slice("0,5:0,11").isFullIn(Shape.of(5, 10))).isFalse();
        assertThat(slice("1,2")).isEqualTo(extents(1, 2)).hasSameHashCodeAs(extents(1, 2));
        assertThat(slice("1,2")).isNotEqualTo(extents(2, 1));
    }

    @Test
    void emptyExtentsAreIgnored() {
        assertThat(slice("::1,,2::-:")).hasToString("1,2:-");
        assertThat(slice("").rank()).isZero();
    }

    @Test
    void isImmutable() {
        long[] starts = {1};
        TensorSlice slice = TensorSlice.ofExtents(starts, new long[] {2});
        starts[0] = 9;
        assertThat(slice).hasToString("1,2");
        assertThatIllegalArgumentException().isThrownBy(() -> TensorSlice.ofExtents(new long[1], new long[2]));
    }
}
