package org.tfckpt.format.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.tfckpt.format.table.Tables.bytes;
import static org.tfckpt.format.table.Tables.here;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.io.MemorySource;
import org.tfckpt.testing.SnappyReference;

@DisplayName("Blocks in reused memory")
class BlockMemoryTest {
    private static final int KEYS = 8_000;
    /** Above the size from which memory is used again, so that there are some ten blocks. */
    private static final int BLOCK = 1 << 16;

    private static String key(int number) {
        return "key%05d".formatted(number);
    }

    private static String value(int number) {
        return ("value of " + number + " ").repeat(5);
    }

    private static byte[] table(boolean snappy) {
        NavigableMap<byte[], byte[]> entries = Tables.map();
        for (int i = 0; i < KEYS; i++) {
            entries.put(bytes(key(i)), bytes(value(i)));
        }
        return Tables.build(
                entries, out -> new TableBuilder(out, BLOCK, 16, snappy ? SnappyReference::compress : null));
    }

    private static Table open(boolean snappy) throws IOException {
        return Table.openForDecoding(MemorySource.of(table(snappy)));
    }

    private static void assertFound(Table table, int number) throws IOException {
        try (TableIterator at = table.iterator()) {
            at.seek(bytes(key(number)));
            assertThat(here(at)).isEqualTo(key(number) + "=" + value(number));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anIteratorKeepsItsBlockWhileOthersAreRead(boolean snappy) throws IOException {
        try (Table table = open(snappy);
                TableIterator held = table.iterator();
                TableIterator listing = table.iterator()) {
            held.seek(bytes(key(1)));
            ByteBuffer value = held.value();
            listing.seekToFirst();
            for (int i = 0; i < KEYS; i++) {
                assertThat(here(listing)).isEqualTo(key(i) + "=" + value(i));
                if (i % 100 == 0) {
                    assertFound(table, KEYS - 1 - i);
                }
                listing.next();
            }
            assertThat(listing.valid()).isFalse();
            byte[] still = new byte[value.remaining()];
            value.get(still);
            assertThat(still).isEqualTo(bytes(value(1)));
            assertThat(here(held)).isEqualTo(key(1) + "=" + value(1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void concurrentLookupsFindTheirEntries(boolean snappy) throws Exception {
        try (Table table = open(snappy)) {
            inThreads(6, random -> {
                for (int i = 0; i < 500; i++) {
                    int number = random.nextInt(KEYS - 1);
                    assertFound(table, number);
                    assertFound(table, number + 1);
                }
            });
        }
    }

    @Test
    void closingConcurrentlyThrowsAndNeverReturnsAWrongValue() throws Exception {
        for (int round = 0; round < 10; round++) {
            Table table = open(false);
            try (Table other = open(false)) {
                inThreads(4, random -> {
                    if (random.nextInt(3) == 0) {
                        table.close();
                    }
                    for (int i = 0; i < 100; i++) {
                        assertFound(other, random.nextInt(KEYS));
                        try {
                            assertFound(table, random.nextInt(KEYS));
                        } catch (IllegalStateException closed) {
                            assertThat(closed).hasMessageContaining("closed");
                        }
                    }
                });
            }
            table.close();
        }
    }

    private interface Work {
        void run(Random random) throws IOException;
    }

    private static void inThreads(int count, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Callable<Void>> all = new ArrayList<>();
            for (int seed = 0; seed < count; seed++) {
                Random random = new Random(seed);
                all.add(() -> {
                    work.run(random);
                    return null;
                });
            }
            for (Future<Void> result : threads.invokeAll(all)) {
                result.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aClosedIteratorHasNoEntry() throws IOException {
        try (Table table = open(false)) {
            TableIterator at = table.iterator();
            at.seekToFirst();
            at.close();
            at.close();
            assertThat(at.valid()).isFalse();
            assertThatIllegalStateException().isThrownBy(at::value);
            at.seek(bytes(key(7)));
            assertThat(here(at)).isEqualTo(key(7) + "=" + value(7));
            at.close();
        }
    }

    @Test
    void memoryIsNotReusedBeforeTheLastReferenceIsReleased() {
        BlockMemory memory = take(BLOCK);
        ByteBuffer bytes = memory.bytes(0, BLOCK).putInt(0, 42);
        assertThat(memory.retain()).isTrue();
        memory.release();
        List<BlockMemory> others = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            BlockMemory other = take(BLOCK);
            other.bytes(0, BLOCK).putInt(0, i);
            others.add(other);
        }
        assertThat(bytes.getInt(0)).isEqualTo(42);
        others.forEach(BlockMemory::release);
        memory.release();
        assertThat(memory.retain()).isFalse();
        assertThatIllegalStateException().isThrownBy(memory::release);
    }

    private static BlockMemory take(int length) {
        BlockMemory memory = BlockMemory.take(length);
        assertThat(memory).isNotNull();
        return memory;
    }

    @Test
    void smallAndVeryLargeBlocksHaveMemoryOfTheirOwn() {
        assertThat(BlockMemory.take(100)).isNull();
        assertThat(BlockMemory.take(1 << 20)).isNull();
    }
}
