package org.tfckpt.format.bundle;

import java.nio.ByteOrder;
import java.util.List;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.proto.TensorSliceProto;
import org.tfckpt.proto.VersionDef;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo.Storage;
import org.tfckpt.tensor.TensorSlice;

/** Builds the records of an index. Their bytes are those that TensorFlow writes. */
final class IndexRecords {
    /** The version of the format, in every header since 2016. */
    private static final int PRODUCER = 1;

    private IndexRecords() {}

    static BundleHeaderProto header(ByteOrder order) {
        return BundleHeaderProto.newBuilder()
                .setEndianness(
                        order == ByteOrder.BIG_ENDIAN
                                ? BundleHeaderProto.Endianness.BIG
                                : BundleHeaderProto.Endianness.LITTLE)
                .setVersion(VersionDef.newBuilder().setProducer(PRODUCER))
                .build();
    }

    /** Returns the entry of a tensor, or of a slice under its own key. */
    static byte[] stored(int dtype, Shape shape, Storage storage) {
        return BundleEntryProto.newBuilder()
                .setDtypeValue(dtype)
                .setShape(shape(shape))
                .setShardId(storage.shard())
                .setOffset(storage.offset())
                .setSize(storage.size())
                .setCrc32C(storage.crc32c())
                .build()
                .toByteArray();
    }

    /** Returns the entry of a partitioned tensor. Its shard is not used, but TensorFlow's merge writes one. */
    static byte[] partitioned(int dtype, Shape shape, int shard, List<TensorSlice> slices) {
        BundleEntryProto.Builder entry = BundleEntryProto.newBuilder()
                .setDtypeValue(dtype)
                .setShape(shape(shape))
                .setShardId(shard);
        slices.forEach(slice -> entry.addSlices(slice(slice)));
        return entry.build().toByteArray();
    }

    private static TensorShapeProto shape(Shape shape) {
        TensorShapeProto.Builder record = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < shape.rank(); axis++) {
            record.addDimBuilder().setSize(shape.dimension(axis));
        }
        return record.build();
    }

    private static TensorSliceProto slice(TensorSlice slice) {
        TensorSliceProto.Builder record = TensorSliceProto.newBuilder();
        for (int axis = 0; axis < slice.rank(); axis++) {
            TensorSliceProto.Extent.Builder extent = record.addExtentBuilder();
            if (!slice.isFullAt(axis)) {
                extent.setStart(slice.start(axis)).setLength(slice.length(axis));
            }
        }
        return record.build();
    }
}
