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
 * Makes bundles, right or hostile, without knowing how they are read.
 *
 * <pre>{@code
 * Path prefix = new BundleBuilder().floats("v", 1).write(directory.resolve("ckpt"));
 * new BundleBuilder().floats("v", 1).entry("v", e -> e.setSize(8)).write(prefix);        // contradicts itself
 * new BundleBuilder().floats("v", 1).table(t -> t.block(0, b -> b.withType(2))).write(prefix);
 * }</pre>
 *
 * Tensors are added to the current shard, as TensorFlow does, and everything of their entry fits until it is changed.
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

    /** Values that are added from here on are big-endian; the arrays given to {@link #tensor} are taken as they are. */
    public BundleBuilder bigEndian() {
        return header(h -> h.setEndianness(BundleHeaderProto.Endianness.BIG));
    }

    private ByteOrder order() {
        return header.getEndianness() == BundleHeaderProto.Endianness.BIG
                ? ByteOrder.BIG_ENDIAN
                : ByteOrder.LITTLE_ENDIAN;
    }

    /** Other bytes for the header record, or none of it (null). */
    public BundleBuilder rawHeader(byte @Nullable [] value) {
        records.removeIf(record -> record.key.length == 0);
        return value == null ? this : record(new byte[0], value);
    }

    // Tensors.

    /** What follows goes to this shard; the header counts the highest one in. */
    public BundleBuilder shard(int number) {
        shard = number;
        header.setNumShards(Math.max(header.getNumShards(), number + 1));
        return this;
    }

    /** The shard is padded with zeros to a multiple of this after each tensor. */
    public BundleBuilder align(int bytes) {
        alignment = bytes;
        return this;
    }

    /** Bytes of the current shard that belong to no entry. */
    public BundleBuilder filler(byte... bytes) {
        bytes(shard).writeBytes(bytes);
        return this;
    }

    private ByteArrayOutputStream bytes(int number) {
        return shards.computeIfAbsent(number, n -> new ByteArrayOutputStream());
    }

    /** A tensor of fixed width. */
    public BundleBuilder tensor(String name, DataType dtype, long[] shape, byte[] value) {
        return tensor(TensorNames.encode(name), dtype, shape, value);
    }

    /** A tensor of fixed width whose name is any bytes. */
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

    /** A vector of singles, or a scalar if there is one value. */
    public BundleBuilder floats(String name, float... values) {
        long[] shape = values.length == 1 ? new long[0] : new long[] {values.length};
        return floats(name, shape, values);
    }

    /** Singles of any shape. */
    public BundleBuilder floats(String name, long[] shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(order());
        bytes.asFloatBuffer().put(values);
        return tensor(name, DataType.DT_FLOAT, shape, bytes.array());
    }

    /** A vector of strings, or a scalar if there is one. */
    public BundleBuilder strings(String name, String... values) {
        byte[][] elements = Arrays.stream(values)
                .map(value -> value.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return strings(name, values.length == 1 ? new long[0] : new long[] {values.length}, elements);
    }

    /** Strings of any shape. */
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

    /** A shape's record. */
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

    /** The record of a tensor that was added. */
    public byte[] entryBytes(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        entry(name, entry -> bytes.writeBytes(entry.build().toByteArray()));
        return bytes.toByteArray();
    }

    /** A record of the index as it is: an entry without data, or bytes that are none. */
    public BundleBuilder record(byte[] key, byte[] value) {
        records.add(new Row(key, value, null));
        return this;
    }

    /** A record of the index under a name. */
    public BundleBuilder record(String name, byte[] value) {
        return record(TensorNames.encode(name), value);
    }

    /** Fields that no version of TensorFlow has. */
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

    /** The table's block size, restart interval and compression. */
    public BundleBuilder layout(int blockSize, int restartInterval, boolean snappy) {
        this.restartInterval = restartInterval;
        tables = out -> new TableBuilder(out, blockSize, restartInterval, snappy ? SnappyReference::compress : null);
        return this;
    }

    /** Records stay in the order they were added, in one block. */
    public BundleBuilder unsorted() {
        sorted = false;
        return this;
    }

    /** Changes the finished table; handles and checksums are made anew behind it. */
    public BundleBuilder table(UnaryOperator<RawTable> change) {
        UnaryOperator<RawTable> before = surgery;
        surgery = table -> change.apply(before.apply(table));
        return this;
    }

    /** The index file. */
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

    /** The contents of one data block of the index. */
    public byte[] block(int number) {
        return RawTable.parse(index()).blocks().get(number).contents();
    }

    /** The bytes of a shard. */
    public byte[] data(int number) {
        return bytes(number).toByteArray();
    }

    /**
     * Writes all files.
     *
     * @param prefix where to; its directory exists
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

    /** The path of a data file. */
    public static Path data(Path prefix, int shard, int count) {
        return prefix.resolveSibling(String.format("%s.data-%05d-of-%05d", prefix.getFileName(), shard, count));
    }
}
