package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.testing.CountingStorage;
import org.tfckpt.testing.LargeCheckpoints;
import org.tfckpt.values.CheckpointDiff;
import org.tfckpt.values.DiffDepth;

/** The number of requests that a remote checkpoint takes. */
class StorageRequestsTest {
    private static final int TENSOR = 25_600;

    @TempDir
    Path directory;

    private CountingStorage storage(int count, long elements) throws IOException {
        LargeCheckpoints.ofZeros(directory.resolve("m"), count, elements);
        return new CountingStorage(directory);
    }

    private static long list(Checkpoint checkpoint) throws IOException {
        return checkpoint.tensors().count();
    }

    @Test
    void listingOfASmallIndexTakesOneRequest() throws IOException {
        CountingStorage storage = storage(200, TENSOR);
        try (Checkpoint checkpoint = Checkpoint.open(storage, "m")) {
            assertThat(list(checkpoint)).isEqualTo(200);
        }
        assertThat(storage.requests()).containsExactly("m.index 0+524288");
        assertThat(storage.openFiles()).isZero();
    }

    @Test
    void oneTensorOfALargeCheckpointTakesFourRequests() throws IOException {
        CountingStorage storage = storage(100_000, TENSOR);
        try (Checkpoint checkpoint = Checkpoint.open(storage, "m")) {
            float[] values = checkpoint.tensor(LargeCheckpoints.name(61_440)).toFloatArray();
            assertThat(values).hasSize(TENSOR).containsOnly(0);
        }
        assertThat(Files.size(directory.resolve("m.data-00000-of-00001"))).isGreaterThan(10_000_000_000L);
        assertThat(storage.requests()).hasSize(4).last().isEqualTo("m.data-00000-of-00001 6291456000+8388608");
    }

    @Test
    void aTensorInTwoBlocksTakesOneRequestForBoth() throws IOException {
        CountingStorage storage = storage(200, TENSOR);
        try (Checkpoint checkpoint = Checkpoint.open(storage, "m")) {
            assertThat(checkpoint.tensor(LargeCheckpoints.name(81)).toFloatArray())
                    .containsOnly(0);
        }
        assertThat(storage.requests()).containsExactly("m.index 0+524288", "m.data-00000-of-00001 0+8912896");
    }

    @Test
    void listingAMillionTensorsTakesEightRequests() throws IOException {
        CountingStorage storage = storage(1_000_000, 1);
        try (Checkpoint checkpoint = Checkpoint.open(storage, "m")) {
            assertThat(list(checkpoint)).isEqualTo(1_000_000);
        }
        assertThat(Files.size(directory.resolve("m.index"))).isGreaterThan(20_000_000);
        assertThat(storage.requests()).hasSizeLessThanOrEqualTo(8).allMatch(request -> request.startsWith("m.index"));
    }

    @Test
    void verifyingReadsLargeBlocksEightAtATime() throws IOException {
        LargeCheckpoints.ofZeros(directory.resolve("m"), 1024, 1 << 18);
        CountingStorage storage = new CountingStorage(directory) {
            @Override
            protected void during(String name, long position, int length) throws IOException {
                // A slow server: the next requests do not wait for this one.
                long start = System.nanoTime();
                while (mostInFlight() < 8 && System.nanoTime() - start < 300_000_000) {
                    Thread.onSpinWait();
                }
            }
        };
        ExecutorService helpers = Executors.newFixedThreadPool(2);
        try (Checkpoint checkpoint = Checkpoint.open(storage, "m")) {
            Checkpoint.Verification result = checkpoint.verify(problem -> {}, helpers, 2);
            assertThat(result).isEqualTo(new Checkpoint.Verification(1024, 1L << 30, 0));
        } finally {
            helpers.shutdownNow();
        }
        assertThat(storage.requests()).hasSizeLessThanOrEqualTo(140);
        assertThat(storage.mostInFlight()).isEqualTo(8);
    }

    @Test
    void aSmallCacheIsReadInSmallBlocks() throws IOException {
        CountingStorage storage = storage(200, TENSOR);
        ReadOptions options = ReadOptions.DEFAULT.withCacheBytes(4 << 20);
        try (Checkpoint checkpoint = Checkpoint.open(storage, "m", options)) {
            assertThat(checkpoint.verify(problem -> {}).isIntact()).isTrue();
        }
        assertThat(storage.requests()).hasSizeBetween(40, 45);
    }

    @Test
    void comparingChecksumsTakesWhatTwoListingsTake() throws IOException {
        CountingStorage a = storage(100_000, 16);
        CountingStorage b = new CountingStorage(directory);
        CountingStorage listed = new CountingStorage(directory);
        try (Checkpoint first = Checkpoint.open(a, "m");
                Checkpoint second = Checkpoint.open(b, "m");
                Checkpoint third = Checkpoint.open(listed, "m")) {
            assertThat(list(third)).isEqualTo(100_000);
            assertThat(CheckpointDiff.DEFAULT
                            .with(DiffDepth.CHECKSUMS)
                            .compare(first, second)
                            .isEqual())
                    .isTrue();
        }
        assertThat(a.requests()).hasSizeLessThanOrEqualTo(listed.requests().size());
        assertThat(b.requests()).hasSizeLessThanOrEqualTo(listed.requests().size());
    }
}
