package org.tfckpt.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.tfckpt.ReadOptions;
import org.tfckpt.format.ProtoShapes;
import org.tfckpt.format.table.SnappyDecoder;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.FullRead;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.RawTable.RawBlock;

/**
 * Reads arbitrary bytes as files of both formats. Only documented exceptions may be thrown.
 *
 * <p>Blocks get valid checksums: otherwise almost every input would be rejected at its checksum, and an attacker can
 * compute one, too.
 */
class CheckpointFuzz {
    @BeforeAll
    static void writeSeeds() throws IOException {
        Seeds.write();
    }

    private static final byte[] LAST = {(byte) 0xff};
    private static final byte[] SHARD = new byte[512];

    /** The whole index file, including its footer. */
    @FuzzTest
    void indexFile(byte[] data) throws IOException {
        Memory.write("index", "ckpt.index", data);
        FullRead.of(Memory.path("index", "ckpt"));
    }

    /** One block of an index: header, entries, restart points. */
    @FuzzTest
    void indexBlock(byte[] data) throws IOException {
        Path prefix = Memory.path("block", "ckpt");
        Memory.write("block", "ckpt.data-00000-of-00001", SHARD);
        Memory.write("block", "ckpt.index", table(data));
        FullRead.of(prefix);
    }

    /** The table's index block: handles and separators. */
    @FuzzTest
    void handles(byte[] data) throws IOException {
        byte[] table = new BundleBuilder()
                .layout(64, 2, false)
                .floats("a", 1)
                .floats("b", 2)
                .table(raw -> raw.index(made -> made.withStored(data)))
                .index();
        Memory.write("handles", "ckpt.index", table);
        FullRead.of(Memory.path("handles", "ckpt"));
    }

    /** A Snappy-compressed block. */
    @FuzzTest
    void snappy(byte[] data) {
        try {
            SnappyDecoder.decode(data);
        } catch (MalformedBytesException expected) {
            // Documented.
        }
    }

    /** An entry that is read slice by slice, as a large one is. */
    @FuzzTest
    void largeEntry(byte[] data) throws IOException {
        try {
            BundleEntryProto.Builder entry = BundleEntryProto.newBuilder();
            ProtoShapes.readSlices(ByteBuffer.wrap(data), BundleEntryProto.SLICES_FIELD_NUMBER, entry);
        } catch (InvalidProtocolBufferException expected) {
            // The documented exception.
        }
    }

    /** The bytes of a tensor of strings, their lengths' checksum put right where there is one. */
    @FuzzTest
    void strings(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        int count = data[0] & 7;
        byte[] value = withLengthChecksum(Arrays.copyOfRange(data, 1, data.length), count);
        shard("strings", DataType.DT_STRING, count, value);
    }

    private static byte[] withLengthChecksum(byte[] value, int count) {
        CRC32C crc = new CRC32C();
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (int i = 0; i < count; i++) {
                long length = Varint.read64(in);
                int width = length == (length & 0xffffffffL) ? Integer.BYTES : Long.BYTES;
                ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                crc.update(number.putLong(length).flip().limit(width));
            }
        } catch (MalformedBytesException noLengths) {
            return value;
        }
        if (in.remaining() >= Integer.BYTES) {
            in.putInt(in.position(), MaskedCrc32c.mask((int) crc.getValue()));
        }
        return value;
    }

    /** The bytes of a tensor of variants. */
    @FuzzTest
    void variants(byte[] data) throws IOException {
        if (data.length == 0) {
            return;
        }
        int count = data[0] & 3;
        shard("variants", DataType.DT_VARIANT, count, withChecksums(data, count));
    }

    private static byte[] withChecksums(byte[] data, int count) {
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        CRC32C crc = new CRC32C();
        int at = 1;
        for (int i = 0; i < count; i++) {
            int length = at < data.length ? data[at++] & 0x7f : 0;
            byte[] message = Arrays.copyOfRange(data, Math.min(at, data.length), Math.min(at + length, data.length));
            at += message.length;
            value.write(message.length);
            crc.update(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(message.length)
                    .flip());
            value.writeBytes(message);
            crc.update(message);
            byte[] checksum = ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(MaskedCrc32c.mask((int) crc.getValue()))
                    .array();
            value.writeBytes(checksum);
            crc.update(checksum);
        }
        return value.toByteArray();
    }

    private static void shard(String target, DataType dtype, int count, byte[] value) throws IOException {
        Path prefix = new BundleBuilder()
                .tensor("v", dtype, new long[] {count}, value)
                .write(Memory.path(target, "ckpt"));
        FullRead.of(prefix);
        // Without checksums, too: the fuzzer cannot find a valid checksum.
        FullRead.of(prefix, ReadOptions.DEFAULT.withoutMapping().withoutChecksums());
    }

    /** A block of a V1 file: the list of slices, or records. */
    @FuzzTest
    void v1Block(byte[] data) throws IOException {
        FullRead.of(Memory.write("v1", "model.ckpt", table(data)));
    }

    private static byte[] table(byte[] block) {
        return new RawTable().add(new RawBlock(LAST, block, 0)).toBytes();
    }

    /** The object graph under its key: reads it, searches it, and reads it again with other keys. */
    @FuzzTest
    void objectGraph(byte[] data) throws IOException {
        Path prefix = new BundleBuilder()
                .strings("_CHECKPOINTABLE_OBJECT_GRAPH", new long[0], data)
                .write(Memory.path("objects", "ckpt"));
        FullRead.of(prefix);
        try {
            ObjectGraph graph = ObjectGraph.parse(data, ErrorContext.NONE);
            graph.keyOf("a/b");
            for (int id = 0; id < graph.size(); id++) {
                graph.hasValues(id);
            }
            ObjectGraph.parse(graph.withKeys(key -> Optional.of(key + "x")), ErrorContext.NONE);
            ObjectGraph.parse(graph.withKeys(key -> Optional.empty()), ErrorContext.NONE);
        } catch (CheckpointException expected) {
            // All that may come of it.
        }
    }

    /** A safetensors file. */
    @FuzzTest
    void safetensors(byte[] data) throws IOException {
        FullRead.of(Memory.write("safetensors", "m.safetensors", data));
    }

    /** An array of NumPy. */
    @FuzzTest
    void npy(byte[] data) throws IOException {
        FullRead.of(Memory.write("npy", "m.npy", data));
    }

    /** An archive of arrays of NumPy. Without checksums, too: the fuzzer cannot find a valid checksum. */
    @FuzzTest
    void npz(byte[] data) throws IOException {
        FullRead.of(Memory.write("npz", "m.npz", data));
        FullRead.of(
                Memory.path("npz", "m.npz"),
                ReadOptions.DEFAULT.withoutMapping().withoutChecksums());
    }

    /** A slice specification. */
    @FuzzTest
    void sliceSpec(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        try {
            TensorSlice slice = TensorSlice.parse(text);
            if (!TensorSlice.parse(slice.toString()).equals(slice)) {
                throw new AssertionError(text + " is not " + slice);
            }
        } catch (IllegalArgumentException expected) {
            // Documented.
        }
    }
}
