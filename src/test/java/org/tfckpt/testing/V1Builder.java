package org.tfckpt.testing;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.proto.SavedSliceMeta;
import org.tfckpt.proto.SavedTensorSliceMeta;
import org.tfckpt.proto.SavedTensorSlices;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** Builds V1 files, valid or hostile, without using the code under test. */
public final class V1Builder {
    private final SavedTensorSliceMeta.Builder meta = SavedTensorSliceMeta.newBuilder();
    private final Map<String, SavedSliceMeta.Builder> tensors = new LinkedHashMap<>();
    private final TreeMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);
    private Function<OutputStream, TableBuilder> tables = TableBuilder::new;
    private UnaryOperator<RawTable> surgery = table -> table;

    public V1Builder() {
        meta.getVersionsBuilder().setProducer(1);
    }

    /** Adds a tensor that is not partitioned. */
    public V1Builder tensor(String name, DataType dtype, long[] shape, TensorProto.Builder values) {
        return slice(name, dtype, shape, TensorSlice.full(shape.length), values);
    }

    /** Adds a slice of a tensor. */
    public V1Builder slice(String name, DataType dtype, long[] shape, String slice, TensorProto.Builder values) {
        return slice(name, dtype, shape, TensorSlice.parse(slice), values);
    }

    public V1Builder slice(String name, DataType dtype, long[] shape, TensorSlice slice, TensorProto.Builder values) {
        list(name, dtype, shape).addSlice(Slices.proto(slice));
        SavedTensorSlices.Builder record = SavedTensorSlices.newBuilder();
        record.getDataBuilder()
                .setName(bytes(name))
                .setSlice(Slices.proto(slice))
                .setData(values);
        return record(new SliceKey(name, slice).encode(), record.build().toByteArray());
    }

    private static ByteString bytes(String name) {
        return ByteString.copyFrom(TensorNames.encode(name));
    }

    /** Adds a tensor to the file's list of slices. */
    public SavedSliceMeta.Builder list(String name, DataType dtype, long[] shape) {
        return tensors.computeIfAbsent(
                name,
                n -> SavedSliceMeta.newBuilder()
                        .setName(bytes(n))
                        .setTypeValue(dtype.number())
                        .setShape(BundleBuilder.shape(shape)));
    }

    /** Changes a tensor in the list of slices. */
    public V1Builder list(String name, Consumer<SavedSliceMeta.Builder> change) {
        change.accept(tensors.get(name));
        return this;
    }

    /** Changes the list of slices. */
    public V1Builder meta(Consumer<SavedTensorSliceMeta.Builder> change) {
        change.accept(meta);
        return this;
    }

    /** Adds a record unchanged. */
    public V1Builder record(byte[] key, byte[] value) {
        records.put(key, value);
        return this;
    }

    /** Adds the record of a slice with the given bytes of a TensorProto and the given name. */
    public V1Builder rawSlice(String name, TensorSlice slice, String nameInside, byte... values) {
        SavedTensorSlices.Builder record = SavedTensorSlices.newBuilder();
        record.getDataBuilder().setName(bytes(nameInside)).setSlice(Slices.proto(slice));
        byte[] head = record.getData().toByteArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x12);
        out.write(head.length + 2 + values.length);
        out.writeBytes(head);
        out.write(0x1a);
        out.write(values.length);
        out.writeBytes(values);
        return record(new SliceKey(name, slice).encode(), out.toByteArray());
    }

    /** Removes the record of a slice. */
    public V1Builder without(String name, String slice) {
        records.remove(new SliceKey(name, TensorSlice.parse(slice)).encode());
        return this;
    }

    public V1Builder layout(int blockSize, int restartInterval, boolean snappy) {
        tables = out -> new TableBuilder(out, blockSize, restartInterval, snappy ? SnappyReference::compress : null);
        return this;
    }

    /** Changes the finished table; handles and checksums are computed afterwards. */
    public V1Builder table(UnaryOperator<RawTable> change) {
        surgery = change;
        return this;
    }

    public byte[] toBytes() {
        SavedTensorSlices.Builder first = SavedTensorSlices.newBuilder();
        tensors.values().forEach(first.getMetaBuilder()::addTensor);
        first.getMetaBuilder().mergeFrom(meta.build());
        TreeMap<byte[], byte[]> records = new TreeMap<>(this.records);
        records.putIfAbsent(new byte[0], first.build().toByteArray());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableBuilder table = tables.apply(out);
        try {
            for (Map.Entry<byte[], byte[]> record : records.entrySet()) {
                table.add(record.getKey(), record.getValue());
            }
            table.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return surgery.apply(RawTable.parse(out.toByteArray())).toBytes();
    }

    public Path write(Path file) {
        try {
            return Files.write(file, toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Values.

    public static TensorProto.Builder ints(int... values) {
        TensorProto.Builder proto = TensorProto.newBuilder();
        for (int value : values) {
            proto.addIntVal(value);
        }
        return proto;
    }

    public static TensorProto.Builder floats(float... values) {
        TensorProto.Builder proto = TensorProto.newBuilder();
        for (float value : values) {
            proto.addFloatVal(value);
        }
        return proto;
    }
}
