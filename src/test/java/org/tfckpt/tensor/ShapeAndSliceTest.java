package org.tfckpt.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeAndSliceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"-:-\" | Need least two elements in shape_and_slice specification: -:-",
                "\"5 10\" | Expected a pair of numbers or '-' but got '10': string = 10",
                "\"x 10 -:-\" | Non numerical dimension in shape_and_slice: x 10 -:-",
                "\"5 10 -:a\" | Expected a pair of numbers or '-' but got 'a': string = -:a",
                "\"5 10 - -\" | Non numerical dimension in shape_and_slice: 5 10 - -",
                "\"5  10 -:-\" | Non numerical dimension in shape_and_slice: 5  10 -:-",
                "\" 5 10 -:-\" | \"Non numerical dimension in shape_and_slice:  5 10 -:-\"",
                "\"5 10 -\" | Mismatching ranks: shape = [5,10], slice = -",
                "\"5 10 0,5:0,0\" | Expected non-negative start and positive length but got start = 0, length = 0:"
                        + " string = 0,5:0,0",
                "\"5 10 -:0,11\" | Extent in dimension 1 out of bounds: shape = [5,10], slice = -:0,11"
            })
    @DisplayName("SL-16 invalid texts are rejected with TensorFlow's messages")
    void sl16_rejected(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ShapeAndSlice.parse(text))
                .withMessage(message);
    }

    @Test
    @DisplayName("SL-17 a negative dimension, with which TensorFlow aborts")
    void sl17_negativeDimension() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ShapeAndSlice.parse("-5 10 -:-"))
                .withMessage("Negative dimension in shape_and_slice: -5 10 -:-");
    }

    @Test
    void roundTrip() {
        ShapeAndSlice parsed = ShapeAndSlice.parse("5 10 -:0,1");
        assertThat(parsed.shape()).isEqualTo(Shape.of(5, 10));
        assertThat(parsed.slice()).isEqualTo(TensorSlice.parse("-:0,1"));
        assertThat(parsed).hasToString("5 10 -:0,1");
    }
}
