package org.tfckpt.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.table.BlockBuilder;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorNames;

/**
 * Builds V2 checkpoints, valid or hostile, without using the code under test.
 *
 * <pre>{@code
 * Path prefix = new BundleBuilder().floats("v", 1).write(directory.resolve("ckpt"));
 * new BundleBuilder().floats("v", 1).entry("v", e -> e.setSize(8)).write(prefix);        // contradictory
 * new BundleBuilder().floats("v", 1).table(t -> t.block(0, b -> b.withType(2))).write(prefix);
 * }</pre>
 *
 * Tensors are added to the current shard, as TensorFlow does. Their entries are valid until they are changed.
 */
public final class BundleBuilder {
    /** The header as TensorFlow writes it on a little-endian machine. */
    private final BundleHeaderProto.Builder header =
            BundleHeaderProto.newBuilder().setNumShards(1);

    private final List<Row> records = new ArrayList<>();
    private final Map<Integer, ByteArrayOutputStream> shards = new TreeMap<>();
    private Function<OutputStream, TableBuilder> tables = TableBuilder::new;
    private int restartInterval = 16;
    private UnaryOperator<RawTable> surgery = table -> table;
    private boolean sorted = true;
    private int shard;
    private int alignment = 1;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(byte[] key, byte @Nullable [] raw, BundleEntryProto.@Nullable Builder entry) {
        byte[] value() {
            return entry == null ? raw : entry.build().toByteArray();
        }
    }

    public BundleBuilder() {
        header.getVersionBuilder().setProducer(1);
        records.add(new Row(new byte[0], null, null));
    }

    // The header.

    /** Changes the header. */
    public BundleBuilder header(Consumer<BundleHeaderProto.Builder> change) {
        change.accept(header);
        return this;
    }

    /** Stores later values big-endian, except the arrays given to {@link #tensor}, which are not changed. */
    public BundleBuilder bigEndian() {
        return header(h -> h.setEndianness(BundleHeaderProto.Endianness.BIG));
    }

    private ByteOrder order() {
        return header.getEndianness() == BundleHeaderProto.Endianness.BIG
                ? ByteOrder.BIG_ENDIAN
                : ByteOrder.LITTLE_ENDIAN;
    }

    /** Sets the bytes of the header record, or removes it (null). */
    public BundleBuilder rawHeader(byte @Nullable [] value) {
        records.removeIf(record -> record.key.length == 0);
        return value == null ? this : record(new byte[0], value);
    }

    // Tensors.

    /** Adds later tensors to this shard. The header counts shards up to the highest used. */
    public BundleBuilder shard(int number) {
        shard = number;
        header.setNumShards(Math.max(header.getNumShards(), number + 1));
        return this;
    }

    /** Pads the shard with zeros to a multiple of this size after each tensor. */
    public BundleBuilder align(int bytes) {
        alignment = bytes;
        return this;
    }

    /** Adds bytes that belong to no entry to the current shard. */
    public BundleBuilder filler(byte... bytes) {
        bytes(shard).writeBytes(bytes);
        return this;
    }

    private ByteArrayOutputStream bytes(int number) {
        return shards.computeIfAbsent(number, n -> new ByteArrayOutputStream());
    }

    /** Adds a tensor of fixed width. */
    public BundleBuilder tensor(String name, DataType dtype, long[] shape, byte[] value) {
        return tensor(TensorNames.encode(name), dtype, shape, value);
    }

    /** Adds a tensor of fixed width whose name may be any bytes. */
    public BundleBuilder tensor(byte[] name, DataType dtype, long[] shape, byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(value);
        return stored(name, dtype, shape, value, crc);
    }

    private BundleBuilder stored(byte[] name, DataType dtype, long[] shape, byte[] value, CRC32C crc) {
        ByteArrayOutputStream file = bytes(shard);
        records.add(new Row(
                name,
                null,
                BundleEntryProto.newBuilder()
                        .setDtypeValue(dtype.number())
                        .setShape(shape(shape))
                        .setShardId(shard)
                        .setOffset(file.size())
                        .setSize(value.length)
                        .setCrc32C(MaskedCrc32c.mask((int) crc.getValue()))));
        file.writeBytes(value);
        while (file.size() % alignment != 0) {
            file.write(0);
        }
        return this;
    }

    /** Adds a vector of floats, or a scalar if there is one value. */
    public BundleBuilder floats(String name, float... values) {
        long[] shape = values.length == 1 ? new long[0] : new long[] {values.length};
        return floats(name, shape, values);
    }

    /** Adds floats of any shape. */
    public BundleBuilder floats(String name, long[] shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(order());
        bytes.asFloatBuffer().put(values);
        return tensor(name, DataType.DT_FLOAT, shape, bytes.array());
    }

    /** Adds a vector of strings, or a scalar if there is one. */
    public BundleBuilder strings(String name, String... values) {
        byte[][] elements = Arrays.stream(values)
                .map(value -> value.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return strings(name, values.length == 1 ? new long[0] : new long[] {values.length}, elements);
    }

    /** Adds strings of any shape. */
    public BundleBuilder strings(String name, long[] shape, byte[]... elements) {
        CRC32C crc = new CRC32C();
        ByteArrayOutputStream value = new ByteArrayOutputStream();
        for (byte[] element : elements) {
            value.writeBytes(varint(element.length));
            crc.update(
                    ByteBuffer.allocate(4).order(order()).putInt(element.length).flip());
        }
        byte[] lengthChecksum = ByteBuffer.allocate(4)
                .order(order())
                .putInt(MaskedCrc32c.mask((int) crc.getValue()))
                .array();
        value.writeBytes(lengthChecksum);
        crc.update(lengthChecksum);
        for (byte[] element : elements) {
            value.writeBytes(element);
            crc.update(element);
        }
        return stored(TensorNames.encode(name), DataType.DT_STRING, shape, value.toByteArray(), crc);
    }

    private static byte[] varint(long number) {
        ByteBuffer bytes = ByteBuffer.allocate(Varint.MAX_LENGTH_64);
        Varint.write64(bytes, number);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** Returns the record of a shape. */
    public static TensorShapeProto shape(long... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long dimension : dimensions) {
            shape.addDimBuilder().setSize(dimension);
        }
        return shape.build();
    }

    // Records.

    /** Changes the entry of a tensor that was added. */
    public BundleBuilder entry(String name, Consumer<BundleEntryProto.Builder> change) {
        byte[] key = TensorNames.encode(name);
        records.stream()
                .filter(record -> record.entry != null && Arrays.equals(record.key, key))
                .map(Row::entry)
                .findFirst()
                .ifPresentOrElse(change, () -> {
                    throw new IllegalArgumentException("no tensor " + name);
                });
        return this;
    }

    /** Returns the record of a tensor that was added. */
    public byte[] entryBytes(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        entry(name, entry -> bytes.writeBytes(entry.build().toByteArray()));
        return bytes.toByteArray();
    }

    /** Adds a record to the index unchanged: an entry without data, or bytes that are no entry. */
    public BundleBuilder record(byte[] key, byte[] value) {
        records.add(new Row(key, value, null));
        return this;
    }

    /** Returns the record of a name. */
    public BundleBuilder record(String name, byte[] value) {
        return record(TensorNames.encode(name), value);
    }

    /** Returns fields that no version of TensorFlow has. */
    public static UnknownFieldSet unknownFields() {
        return UnknownFieldSet.newBuilder()
                .addField(
                        100,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(7)
                                .addFixed64(8)
                                .addLengthDelimited(ByteString.copyFromUtf8("later"))
                                .build())
                .build();
    }

    // The index file.

    /** Sets the table's block size, restart interval and compression. */
    public BundleBuilder layout(int blockSize, int restartInterval, boolean snappy) {
        this.restartInterval = restartInterval;
        tables = out -> new TableBuilder(out, blockSize, restartInterval, snappy ? SnappyReference::compress : null);
        return this;
    }

    /** Keeps the records in the order they were added, in one block. */
    public BundleBuilder unsorted() {
        sorted = false;
        return this;
    }

    /** Changes the finished table; handles and checksums are computed afterwards. */
    public BundleBuilder table(UnaryOperator<RawTable> change) {
        UnaryOperator<RawTable> before = surgery;
        surgery = table -> change.apply(before.apply(table));
        return this;
    }

    /** Returns the index file. */
    public byte[] index() {
        byte[] table = sorted ? sortedTable() : unsortedTable();
        return surgery.apply(RawTable.parse(table)).toBytes();
    }

    private byte[] sortedTable() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableBuilder table = tables.apply(out);
        try {
            for (Row record : records.stream()
                    .sorted(Comparator.comparing(Row::key, Arrays::compareUnsigned))
                    .toList()) {
                table.add(record.key, valueOf(record));
            }
            table.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private byte[] unsortedTable() {
        BlockBuilder block = new BlockBuilder(restartInterval);
        records.forEach(record -> block.add(record.key, valueOf(record)));
        byte[] successor = {(byte) ((records.get(records.size() - 1).key[0] & 0xff) + 1)};
        return new RawTable()
                .add(new RawTable.RawBlock(successor, block.contents(), 0))
                .toBytes();
    }

    private byte[] valueOf(Row record) {
        byte[] value = record.value();
        return value == null ? header.build().toByteArray() : value;
    }

    /** Returns the contents of a data block of the index. */
    public byte[] block(int number) {
        return RawTable.parse(index()).blocks().get(number).contents();
    }

    /** Returns the bytes of a shard. */
    public byte[] data(int number) {
        return bytes(number).toByteArray();
    }

    /**
     * Writes all files.
     *
     * @param prefix the prefix; its directory must exist
     * @return the prefix
     */
    public Path write(Path prefix) {
        try {
            Files.write(prefix.resolveSibling(prefix.getFileName() + ".index"), index());
            for (Map.Entry<Integer, ByteArrayOutputStream> data : shards.entrySet()) {
                Files.write(
                        data(prefix, data.getKey(), header.getNumShards()),
                        data.getValue().toByteArray());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return prefix;
    }

    /** Returns the path of a data file. */
    public static Path data(Path prefix, int shard, int count) {
        return prefix.resolveSibling(String.format("%s.data-%05d-of-%05d", prefix.getFileName(), shard, count));
    }
}
