package org.tfckpt.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void countsElements() {
        assertThat(Shape.of().elements()).isEqualTo(1);
        assertThat(Shape.of(3, 3, 3, 16).elements()).isEqualTo(432);
        assertThat(Shape.of(16, 0, 18).elements()).isZero();
        assertThat(Shape.of(1L << 31, 1L << 31).elements()).isEqualTo(1L << 62);
    }

    @Test
    void invalidShapesHaveNoElementCount() {
        assertThat(Shape.of(-1).elementCount()).isEmpty();
        assertThat(Shape.of(0, -1).elementCount()).isEmpty();
        assertThat(Shape.of(1L << 32, 1L << 31).elementCount()).isEmpty();
        assertThat(Shape.of(1L << 32, 1L << 32).elementCount()).isEmpty();
        assertThat(Shape.of(Long.MAX_VALUE, Long.MAX_VALUE, 0).elementCount()).isEmpty();
        long[] ones = new long[255];
        Arrays.fill(ones, 1);
        assertThat(Shape.of(ones).elementCount()).isEmpty();
        assertThat(Shape.of(Arrays.copyOf(ones, 254)).elementCount()).hasValue(1);
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> Shape.of(-1).elements());
    }

    @Test
    void equalsAndHashCode() {
        long[] dimensions = {2, 3};
        Shape shape = Shape.of(dimensions);
        dimensions[0] = 9;
        shape.toArray()[0] = 9;
        assertThat(shape)
                .isEqualTo(Shape.of(2, 3))
                .hasSameHashCodeAs(Shape.of(2, 3))
                .hasToString("[2,3]");
        assertThat(Shape.of()).hasToString("[]");
    }
}
