package org.tfckpt.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorSlice;

class SliceSetTest {
    private static SliceSet set(Shape shape, String... slices) throws CheckpointException {
        return SliceSet.of(shape, Stream.of(slices).map(TensorSlice::parse).toList(), ErrorContext.NONE);
    }

    @Test
    @DisplayName("SS-01, SS-02, SS-03, SS-04: which slices a region needs")
    void cover() throws Exception {
        Shape shape = Shape.of(4, 5);
        SliceSet set = set(shape, "0,2:-", "2,2:0,3", "3,1:3,2");
        assertThat(set.cover(TensorSlice.parse("0,2:-").spelledOut(shape))).containsExactly(0);
        assertThat(set.cover(TensorSlice.parse("1,1:-").spelledOut(shape))).containsExactly(0);
        assertThat(set.cover(TensorSlice.parse("1,2:0,3").spelledOut(shape))).containsExactly(0, 1);
        assertThat(set.cover(TensorSlice.parse("1,2:2,3").spelledOut(shape))).isNull();
        assertThat(set.covers(TensorSlice.full(2))).isFalse();
    }

    @Test
    @DisplayName("SS-05: overlapping slices")
    void overlap() {
        assertThatThrownBy(() -> set(Shape.of(5, 10), "-:0,2", "-:1,9"))
                .isInstanceOf(DataLossException.class)
                .hasMessage("slices -:0,2 and -:1,9 overlap"
                        + " (TensorFlow: \"Overlapping slices: existing slice = -:0,2, new slice = -:1,9\")");
        assertThatThrownBy(() -> set(Shape.of(5, 10), "-:1,9", "-:0,2"))
                .hasMessageContaining("Overlapping slices: existing slice = -:1,9, new slice = -:0,2");
        assertThatThrownBy(() -> set(Shape.of(), "", ""))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("Overlapping");
    }

    @Test
    @DisplayName("SS-06: a slice that passes the shape")
    void outOfBounds() {
        assertThatThrownBy(() -> set(Shape.of(5, 10), "-:0,1", "-:1,10"))
                .isInstanceOf(DataLossException.class)
                .hasMessage("Extent in dimension 1 out of bounds: shape = [5,10], slice = -:1,10");
    }

    @Test
    void nothingIsNeededOfAnEmptyRegion() throws Exception {
        Shape shape = Shape.of(0, 10);
        SliceSet set = set(shape, "-:0,5", "-:4,5");
        assertThat(set.covers(TensorSlice.full(2))).isTrue();
    }

    @Test
    void anyOverlapIsFoundAndNothingElse() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int rank = 1 + random.nextInt(3);
            List<TensorSlice> boxes = new ArrayList<>();
            for (int i = 1 + random.nextInt(8); i > 0; i--) {
                long[] starts = random.longs(rank, 0, 12).toArray();
                long[] lengths = random.longs(rank, 0, 5).toArray();
                boxes.add(TensorSlice.ofExtents(starts, lengths));
            }
            long[] size = new long[rank];
            Arrays.fill(size, 20);
            boolean overlap = false;
            for (int i = 0; i < boxes.size(); i++) {
                for (int j = 0; j < i; j++) {
                    overlap |= boxes.get(i).intersect(boxes.get(j)).isPresent();
                }
            }
            if (overlap) {
                assertThatThrownBy(() -> SliceSet.of(Shape.of(size), boxes, ErrorContext.NONE))
                        .as("seed " + seed)
                        .isInstanceOf(DataLossException.class);
            } else {
                assertThatCode(() -> SliceSet.of(Shape.of(size), boxes, ErrorContext.NONE))
                        .as("seed " + seed)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void hundredsOfThousandsOfSlicesAreComparedQuickly() {
        List<TensorSlice> rows = IntStream.range(0, 300_000)
                .mapToObj(i -> TensorSlice.ofExtents(new long[] {0, i}, new long[] {TensorSlice.FULL, 1}))
                .toList();
        List<TensorSlice> grid = IntStream.range(0, 90_000)
                .mapToObj(i -> TensorSlice.ofExtents(new long[] {i % 300, i / 300}, new long[] {1, 1}))
                .toList();
        assertThat(org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                        Duration.ofSeconds(20),
                        () -> SliceSet.of(Shape.of(7, 300_000), rows, ErrorContext.NONE)
                                        .covers(TensorSlice.full(2))
                                && SliceSet.of(Shape.of(300, 300), grid, ErrorContext.NONE)
                                        .covers(TensorSlice.full(2))))
                .isTrue();
    }

    @Test
    void slicesArrangedToBeComparedForEverAreRefusedInTime() {
        List<TensorSlice> sticks = new ArrayList<>();
        int count = 60_000;
        for (int i = 0; i < count; i++) {
            sticks.add(TensorSlice.ofExtents(
                    new long[] {i % 2 == 0 ? 0 : i, i % 2 == 0 ? i : 0, i % 2},
                    new long[] {i % 2 == 0 ? count : 1, i % 2 == 0 ? 1 : count, 1}));
        }
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> SliceSet.of(Shape.of(count, count, 2), sticks, ErrorContext.NONE))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("60000 slices"));
    }
}
