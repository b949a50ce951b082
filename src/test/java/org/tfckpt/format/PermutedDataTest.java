package org.tfckpt.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Permuted axes, compared with moving one element at a time. */
class PermutedDataTest {
    private static byte[] expected(byte[] source, long[] shape, int[] axes, int width) {
        byte[] result = new byte[source.length];
        int rank = shape.length;
        long[] strides = new long[rank];
        long stride = 1;
        for (int axis = rank - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        long[] index = new long[rank];
        for (int at = 0; at < source.length / width; at++) {
            long from = 0;
            for (int axis = 0; axis < rank; axis++) {
                from += index[axis] * strides[axes[axis]];
            }
            System.arraycopy(source, (int) from * width, result, at * width, width);
            for (int axis = rank - 1; axis >= 0 && ++index[axis] == shape[axes[axis]]; axis--) {
                index[axis] = 0;
            }
        }
        return result;
    }

    private static void compare(long[] shape, int[] axes, int width, Random random) throws IOException {
        int count = 1;
        for (long size : shape) {
            count *= (int) size;
        }
        byte[] source = new byte[count * width];
        random.nextBytes(source);
        byte[] expected = expected(source, shape, axes, width);
        TensorData data = PermutedData.of(new BufferData(() -> ByteBuffer.wrap(source)), shape, axes, width);
        assertThat(data.size()).isEqualTo(source.length);
        ByteBuffer all = data.read(0, source.length);
        byte[] whole = new byte[source.length];
        all.get(whole);
        assertThat(whole).isEqualTo(expected);
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        List<Integer> sizes = new ArrayList<>();
        data.forEach(part -> {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            parts.writeBytes(bytes);
            sizes.add(bytes.length);
        });
        assertThat(parts.toByteArray()).isEqualTo(expected);
        assertThat(sizes.subList(0, Math.max(0, sizes.size() - 1))).allMatch(size -> size % 16 == 0);
        for (int i = 0; i < 10 && source.length > 0; i++) {
            int from = random.nextInt(source.length);
            int length = random.nextInt(source.length - from + 1);
            ByteBuffer target =
                    ByteBuffer.allocateDirect(length + 2).position(1).limit(1 + length);
            data.readInto(from, target);
            assertThat(target.hasRemaining()).isFalse();
            assertThat(target.flip().position(1)).isEqualTo(ByteBuffer.wrap(expected, from, length));
        }
    }

    @Test
    void everyPermutationOfSmallShapesIsRight() throws IOException {
        Random random = new Random(1);
        for (int round = 0; round < 1_500; round++) {
            int rank = random.nextInt(6);
            long[] shape = IntStream.range(0, rank)
                    .mapToLong(axis -> random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(rank < 3 ? 150 : 6))
                    .toArray();
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, rank).boxed().toList());
            Collections.shuffle(order, random);
            int[] axes = order.stream().mapToInt(axis -> axis).toArray();
            compare(shape, axes, 1 << random.nextInt(5), random);
        }
    }

    @Test
    void matricesOfManyPartsAreRight() throws IOException {
        Random random = new Random(2);
        compare(new long[] {3001, 1003}, new int[] {1, 0}, 4, random);
        compare(new long[] {7, 600_001}, new int[] {1, 0}, 2, random);
        compare(new long[] {2_500_001, 2}, new int[] {1, 0}, 4, random);
        compare(new long[] {3, 3, 400, 801}, new int[] {3, 2, 0, 1}, 4, random);
        compare(new long[] {5, 301, 1001}, new int[] {0, 2, 1}, 8, random);
        compare(new long[] {5, 301, 1001}, new int[] {1, 0, 2}, 8, random);
    }
}
