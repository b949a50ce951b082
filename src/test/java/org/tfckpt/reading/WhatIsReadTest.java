package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.Values.hex;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.ObservedChannel.Read;
import org.tfckpt.testing.ObservedFileSystem;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.Slices;
import org.tfckpt.testing.Values;

/** Opening, looking up and listing read no more than necessary. */
class WhatIsReadTest {
    private static final int TENSORS = 5000;
    private static final ReadOptions OPTIONS = ReadOptions.DEFAULT.withoutMapping();

    @TempDir
    Path directory;

    private final ObservedFileSystem files = new ObservedFileSystem(FileSystems.getDefault());
    private List<RawTable.RawBlock> blocks;
    private int indexSize;
    private Path prefix;

    @BeforeEach
    void write() {
        BundleBuilder bundle = new BundleBuilder().layout(4096, 16, false);
        for (int i = 0; i < TENSORS; i++) {
            bundle.floats("tensor%04d".formatted(i), i, i, i);
        }
        blocks = RawTable.parse(bundle.index()).blocks();
        indexSize = bundle.index().length;
        prefix = files.path(bundle.write(directory.resolve("ckpt")));
    }

    @Test
    void openingReadsFooterIndexBlockAndHeader() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix, OPTIONS)) {
            assertThat(checkpoint.shardCount()).isEqualTo(1);
        }
        List<Read> reads = files.reads();
        assertThat(reads).hasSize(3).allMatch(read -> read.file().equals("ckpt.index"));
        assertThat(reads.get(0)).isEqualTo(new Read("ckpt.index", indexSize - 48L, 48));
        assertThat(reads.get(1).offset() + reads.get(1).length()).isEqualTo(indexSize - 48L);
        assertThat(reads.get(2))
                .isEqualTo(new Read("ckpt.index", 0, blocks.get(0).stored().length + 5));
    }

    @Test
    void aLookupReadsOneBlockAndNoData() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix, OPTIONS)) {
            files.reads().clear();
            assertThat(checkpoint.find("tensor4000")).isPresent();
            assertThat(files.reads()).singleElement().matches(read -> read.length() < 4096 + 100);
            files.reads().clear();
            assertThat(checkpoint.find("tensor2000x")).isEmpty();
            assertThat(files.reads()).hasSize(1);
        }
    }

    @Test
    void listingReadsEveryBlockOnceWhenItIsReachedAndNoData() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix, OPTIONS);
                Stream<TensorInfo> tensors = checkpoint.tensors()) {
            files.reads().clear();
            assertThat(tensors.limit(20)).hasSize(20);
            assertThat(files.reads()).hasSizeLessThanOrEqualTo(1);
            try (Stream<TensorInfo> all = checkpoint.tensors()) {
                assertThat(all.count()).isEqualTo(TENSORS);
            }
            assertThat(files.reads())
                    .hasSizeLessThanOrEqualTo(blocks.size() + 1)
                    .allMatch(read -> read.file().equals("ckpt.index"));
        }
    }

    @Test
    void aTensorReadsItsOwnBytes() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix, OPTIONS.withoutChecksums())) {
            Tensor tensor = checkpoint.tensor("tensor0100");
            files.reads().clear();
            assertThat(tensor.toFloatArray()).containsExactly(100, 100, 100);
            assertThat(files.reads()).containsExactly(new Read("ckpt.data-00000-of-00001", 1200, 12));
        }
    }

    @Test
    void aTensorIsComparedWithItsChecksumOnce() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix, OPTIONS)) {
            Tensor tensor = checkpoint.tensor("tensor0100");
            files.reads().clear();
            assertThat(tensor.toFloatArray()).containsExactly(100, 100, 100);
            assertThat(files.reads()).hasSize(1);
            files.reads().clear();
            ByteBuffer part = ByteBuffer.allocate(4);
            tensor.read(4, part);
            assertThat(hex(part.array())).isEqualTo("0000c842");
            assertThat(files.reads()).containsExactly(new Read("ckpt.data-00000-of-00001", 1204, 4));
        }
    }

    private Tensor partitioned(ReadOptions options) throws IOException {
        BundleBuilder bundle = new BundleBuilder();
        byte[] value = Slices.countingFloats(400);
        Slices.tensor(bundle, "t", DataType.DT_FLOAT, new long[] {40, 10}, value, "0,10:-", "10,20:-", "30,10:-");
        return Checkpoint.open(files.path(bundle.write(directory.resolve("sliced"))), options)
                .tensor("t");
    }

    private List<Read> dataReads() {
        return files.reads().stream()
                .filter(read -> read.file().contains(".data-"))
                .toList();
    }

    @Test
    void aRegionReadsOfItsSlicesWhatItNeeds() throws IOException {
        Tensor rows = partitioned(OPTIONS.withoutChecksums()).slice("12,3:-");
        assertThat(rows.toFloatArray()).startsWith(120, 121).hasSize(30);
        assertThat(dataReads()).containsExactly(new Read("sliced.data-00000-of-00001", 480, 120));
        files.reads().clear();
        Tensor across = partitioned(OPTIONS.withoutChecksums()).slice("8,4:-");
        assertThat(across.toFloatArray()).startsWith(80, 81).hasSize(40);
        assertThat(dataReads())
                .containsExactly(
                        new Read("sliced.data-00000-of-00001", 320, 80),
                        new Read("sliced.data-00000-of-00001", 400, 80));
    }

    @Test
    void regionsOfOneTensorCompareNoSliceTwice() throws IOException {
        Tensor tensor = partitioned(OPTIONS);
        for (int row = 10; row < 30; row++) {
            assertThat(tensor.slice(row + ",1:-").toFloatArray()).startsWith(10 * row);
        }
        List<Read> checks =
                dataReads().stream().filter(read -> read.length() > 40).toList();
        assertThat(checks).containsExactly(new Read("sliced.data-00000-of-00001", 400, 800));
    }

    @Test
    void aConversionReadsEveryByteOnce() throws IOException {
        byte[] value = Values.random(1, 400_000);
        Path source = files.path(new BundleBuilder()
                .bigEndian()
                .tensor("t", DataType.DT_FLOAT, new long[] {100_000}, value)
                .write(directory.resolve("large")));
        for (String name : List.of("m.safetensors", "m.npz", "m.npy", "new")) {
            files.reads().clear();
            try (Checkpoint checkpoint = Checkpoint.open(source, OPTIONS)) {
                Rewrite.Builder rewrite = Rewrite.of(checkpoint).order(ByteOrder.LITTLE_ENDIAN);
                if (!name.equals("new")) {
                    rewrite.format(FileFormat.ofSuffix(Path.of(name)));
                }
                rewrite.build().run(directory.resolve(name));
            }
            assertThat(dataReads().stream().mapToLong(Read::length).sum())
                    .as(name)
                    .isEqualTo(value.length);
        }
    }
}
