package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.tfckpt.format.MessageFields;
import org.tfckpt.format.ProtoShapes;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/**
 * Decodes the record under a tensor's name, a BundleEntryProto.
 *
 * <p>A tensor whose entry lists slices is partitioned: its values are stored under the keys of the slices, and the
 * entry's shard, offset, size and checksum are not used. A tensor with a single, full slice is not partitioned.
 */
final class BundleEntry {
    private BundleEntry() {}

    static TensorInfo decode(String name, ByteBuffer record) throws IOException {
        if (record.remaining() > MessageFields.MAX_PARSED) {
            return decodeLarge(name, record);
        }
        BundleEntryProto entry = MessageFields.parse(BundleEntryProto.parser(), record);
        return info(name, entry, ProtoShapes.slices(entry.getSlicesList()));
    }

    /** Decodes a record of any size. */
    static TensorInfo decodeLarge(String name, ByteBuffer record) throws IOException {
        BundleEntryProto.Builder entry = BundleEntryProto.newBuilder();
        List<TensorSlice> slices = ProtoShapes.readSlices(record, BundleEntryProto.SLICES_FIELD_NUMBER, entry);
        return info(name, entry.build(), slices);
    }

    private static TensorInfo info(String name, BundleEntryProto entry, List<TensorSlice> slices) throws IOException {
        Shape shape = ProtoShapes.shape(entry.getShape());
        boolean whole =
                slices.isEmpty() || (slices.size() == 1 && slices.get(0).equals(TensorSlice.full(shape.rank())));
        if (!whole) {
            return new TensorInfo(name, entry.getDtypeValue(), shape, null, slices);
        }
        TensorInfo.Storage storage =
                new TensorInfo.Storage(entry.getShardId(), entry.getOffset(), entry.getSize(), entry.getCrc32C());
        return new TensorInfo(name, entry.getDtypeValue(), shape, storage, List.of());
    }
}
