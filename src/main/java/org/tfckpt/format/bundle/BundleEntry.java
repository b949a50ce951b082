package org.tfckpt.format.bundle;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/**
 * Decodes the record under a tensor's name, a BundleEntryProto.
 *
 * <pre>
 * 1 dtype enum | 2 shape { 2 dim { 1 size int64 } } | 3 shard_id int32 | 4 offset int64 | 5 size int64
 * 6 crc32c fixed32, masked | 7 slices { 1 extent { 1 start int64, 2 length int64, absent: all } }
 * </pre>
 *
 * A listing decodes millions of these, so it is done on the wire format, without a message object per record; unknown
 * fields are passed over.
 */
final class BundleEntry {
    private static final int DTYPE = 1 << 3;
    private static final int SHAPE = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int SHARD_ID = 3 << 3;
    private static final int OFFSET = 4 << 3;
    private static final int SIZE = 5 << 3;
    private static final int CRC32C = 6 << 3 | WireFormat.WIRETYPE_FIXED32;
    private static final int SLICES = 7 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int DIM = 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int DIM_SIZE = 1 << 3;
    private static final int EXTENT = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int EXTENT_START = 1 << 3;
    private static final int EXTENT_LENGTH = 2 << 3;

    private long[] dimensions = new long[4];
    private int rank;
    private final List<TensorSlice> slices = new ArrayList<>(0);

    private BundleEntry() {}

    static TensorInfo decode(String name, byte[] record) throws IOException {
        return new BundleEntry().read(name, CodedInputStream.newInstance(record));
    }

    private TensorInfo read(String name, CodedInputStream in) throws IOException {
        int dtype = 0;
        int shard = 0;
        long offset = 0;
        long size = 0;
        int crc = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case DTYPE -> dtype = in.readEnum();
                case SHARD_ID -> shard = in.readInt32();
                case OFFSET -> offset = in.readInt64();
                case SIZE -> size = in.readInt64();
                case CRC32C -> crc = in.readFixed32();
                case SHAPE -> nested(in, this::shape);
                case SLICES -> nested(in, this::slice);
                default -> in.skipField(tag);
            }
        }
        Shape shape = Shape.of(Arrays.copyOf(dimensions, rank));
        TensorInfo.Storage storage = slices.isEmpty() ? new TensorInfo.Storage(shard, offset, size, crc) : null;
        return new TensorInfo(name, dtype, shape, storage, slices);
    }

    private interface Reader {
        void read(CodedInputStream in) throws IOException;
    }

    private static void nested(CodedInputStream in, Reader reader) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        reader.read(in);
        in.checkLastTagWas(0);
        in.popLimit(outer);
    }

    private void shape(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == DIM) {
                if (rank == dimensions.length) {
                    dimensions = Arrays.copyOf(dimensions, 2 * rank);
                }
                dimensions[rank] = 0;
                nested(in, this::dimension);
                rank++;
            } else {
                in.skipField(tag);
            }
        }
    }

    private void dimension(CodedInputStream in) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == DIM_SIZE) {
                dimensions[rank] = in.readInt64();
            } else {
                in.skipField(tag);
            }
        }
    }

    private void slice(CodedInputStream in) throws IOException {
        SliceDecoder decoder = new SliceDecoder();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == EXTENT) {
                nested(in, decoder::extent);
            } else {
                in.skipField(tag);
            }
        }
        slices.add(TensorSlice.ofExtents(
                Arrays.copyOf(decoder.starts, decoder.rank), Arrays.copyOf(decoder.lengths, decoder.rank)));
    }

    private static final class SliceDecoder {
        private long[] starts = new long[4];
        private long[] lengths = new long[4];
        private int rank;

        void extent(CodedInputStream in) throws IOException {
            if (rank == starts.length) {
                starts = Arrays.copyOf(starts, 2 * rank);
                lengths = Arrays.copyOf(lengths, 2 * rank);
            }
            lengths[rank] = TensorSlice.FULL;
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (tag) {
                    case EXTENT_START -> starts[rank] = in.readInt64();
                    case EXTENT_LENGTH -> lengths[rank] = in.readInt64();
                    default -> in.skipField(tag);
                }
            }
            rank++;
        }
    }
}
