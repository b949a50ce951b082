package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class CopyTargetTest {
    @Test
    void bytesKeepTheirPositionWithinACacheLine() {
        for (int length : new int[] {1, 5, 64, 1000, 4096 + 7}) {
            ByteBuffer memory = CopyTarget.allocate(length);
            for (long offset : new long[] {0, 1, 15, 16, 63, 64, 1000, (1L << 40) + 77, Long.MAX_VALUE, -1, -64}) {
                ByteBuffer place = CopyTarget.at(memory, offset, length);
                assertThat(place.isDirect()).isTrue();
                assertThat(place.position()).isZero();
                assertThat(place.capacity()).isEqualTo(length);
                assertThat(place.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
                assertThat(place.alignmentOffset(0, 64)).isEqualTo(Math.floorMod(offset, 64));
            }
        }
    }
}
