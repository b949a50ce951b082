package org.tfckpt.format.bundle;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.format.WireReader;
import org.tfckpt.format.WireShapes;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/**
 * Decodes the record under a tensor's name, a BundleEntryProto.
 *
 * <pre>
 * 1 dtype enum | 2 shape | 3 shard_id int32 | 4 offset int64 | 5 size int64 | 6 crc32c fixed32, masked | 7 slices
 * </pre>
 *
 * Slices say that the tensor is partitioned, and 3 to 6 mean nothing; but a single slice that takes every dimension whole
 * is stored here.
 */
final class BundleEntry {
    private static final int DTYPE = 1 << 3 | WireReader.VARINT;
    private static final int SHAPE = 2 << 3 | WireReader.BYTES;
    private static final int SHARD_ID = 3 << 3 | WireReader.VARINT;
    private static final int OFFSET = 4 << 3 | WireReader.VARINT;
    private static final int SIZE = 5 << 3 | WireReader.VARINT;
    private static final int CRC32C = 6 << 3 | WireReader.FIXED32;
    private static final int SLICES = 7 << 3 | WireReader.BYTES;

    private BundleEntry() {}

    static TensorInfo decode(String name, ByteBuffer message) throws MalformedBytesException {
        int dtype = 0;
        Shape shape = Shape.of();
        int shard = 0;
        long offset = 0;
        long size = 0;
        int crc = 0;
        List<TensorSlice> slices = List.of();
        WireReader in = new WireReader(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            switch (tag) {
                case DTYPE -> dtype = (int) in.varint();
                case SHAPE -> shape = WireShapes.shape(in, shape);
                case SHARD_ID -> shard = (int) in.varint();
                case OFFSET -> offset = in.varint();
                case SIZE -> size = in.varint();
                case CRC32C -> crc = in.fixed32();
                case SLICES -> slices = add(slices, WireShapes.slice(in));
                default -> in.skip();
            }
        }
        boolean whole =
                slices.isEmpty() || (slices.size() == 1 && slices.get(0).equals(TensorSlice.full(shape.rank())));
        return whole
                ? new TensorInfo(name, dtype, shape, new TensorInfo.Storage(shard, offset, size, crc), List.of())
                : new TensorInfo(name, dtype, shape, null, slices);
    }

    private static List<TensorSlice> add(List<TensorSlice> slices, TensorSlice slice) throws MalformedBytesException {
        if (slices.size() == WireShapes.MAX_SLICES) {
            throw new MalformedBytesException("more than " + WireShapes.MAX_SLICES + " slices");
        }
        List<TensorSlice> all = slices.isEmpty() ? new ArrayList<>() : slices;
        all.add(slice);
        return all;
    }
}
