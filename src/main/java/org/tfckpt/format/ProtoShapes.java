package org.tfckpt.format;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.proto.TensorSliceProto;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorSlice;

/** Converts shapes and slices from their protobuf messages. */
public final class ProtoShapes {
    /** Real tensors have fewer slices; without a limit, a small Snappy block could hold millions of empty ones. */
    public static final int MAX_SLICES = 1 << 16;

    /** TensorFlow allows 254. A few more are listed, and rejected when the tensor is read. */
    private static final int MAX_DIMENSIONS = 1 << 10;

    private static final TensorSlice SCALAR = TensorSlice.full(0);

    private ProtoShapes() {}

    /** Converts a shape; in a damaged file, its dimensions may be invalid. */
    public static Shape shape(TensorShapeProto proto) throws InvalidProtocolBufferException {
        long[] dimensions = new long[requireRank(proto.getDimCount())];
        for (int axis = 0; axis < dimensions.length; axis++) {
            dimensions[axis] = proto.getDim(axis).getSize();
        }
        return Shape.of(dimensions);
    }

    /** Converts a slice; in a damaged file, its extents may be invalid. */
    public static TensorSlice slice(TensorSliceProto proto) throws InvalidProtocolBufferException {
        if (proto.getExtentCount() == 0) {
            return SCALAR;
        }
        long[] starts = new long[requireRank(proto.getExtentCount())];
        long[] lengths = new long[starts.length];
        for (int axis = 0; axis < starts.length; axis++) {
            TensorSliceProto.Extent extent = proto.getExtent(axis);
            starts[axis] = extent.getStart();
            lengths[axis] = extent.hasLength() ? extent.getLength() : TensorSlice.FULL;
        }
        return TensorSlice.ofExtents(starts, lengths);
    }

    private static int requireRank(int rank) throws InvalidProtocolBufferException {
        if (rank > MAX_DIMENSIONS) {
            throw new InvalidProtocolBufferException("more than " + MAX_DIMENSIONS + " dimensions");
        }
        return rank;
    }

    /** Converts the slices of a tensor. */
    public static List<TensorSlice> slices(List<TensorSliceProto> protos) throws InvalidProtocolBufferException {
        if (protos.isEmpty()) {
            return List.of();
        }
        List<TensorSlice> slices = new ArrayList<>(protos.size());
        for (TensorSliceProto proto : protos) {
            slices.add(slice(proto));
        }
        return slices;
    }

    /**
     * Reads a message that may be too large to parse because it lists many slices: the slices are parsed one at a time,
     * the other fields are merged into a builder of its generated class. Throws if there are more than {@link
     * #MAX_SLICES} slices, or the other fields alone are too large to parse.
     */
    public static List<TensorSlice> readSlices(ByteBuffer message, int field, MessageLite.Builder others)
            throws IOException {
        int sliceTag = MessageFields.lengthDelimited(field);
        List<TensorSlice> slices = new ArrayList<>();
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(rest);
        MessageFields in = new MessageFields(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == sliceTag) {
                if (slices.size() == MAX_SLICES) {
                    throw new InvalidProtocolBufferException("more than " + MAX_SLICES + " slices");
                }
                slices.add(slice(in.parse(TensorSliceProto.parser())));
            } else if (WireFormat.getTagFieldNumber(tag) < field) {
                copy(tag, in, out);
            } else {
                in.skip();
            }
        }
        out.flush();
        others.mergeFrom(rest.toByteArray());
        return slices;
    }

    private static void copy(int tag, MessageFields in, CodedOutputStream out) throws IOException {
        MessageFields.requireParsable(out.getTotalBytesWritten());
        int field = WireFormat.getTagFieldNumber(tag);
        switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT ->
                out.writeUInt64(field, in.numbers().readRawVarint64());
            case WireFormat.WIRETYPE_FIXED32 ->
                out.writeFixed32(field, in.numbers().readRawLittleEndian32());
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                ByteBuffer bytes = in.bytes();
                MessageFields.requireParsable(bytes.remaining());
                out.writeByteBuffer(field, bytes);
            }
            default -> in.skip();
        }
    }

    /**
     * Returns the problem with the extents of a slice, in TensorFlow's words; empty if every extent is one that
     * TensorFlow writes.
     */
    public static Optional<String> problem(TensorSlice slice) {
        for (int axis = 0; axis < slice.rank(); axis++) {
            long start = slice.start(axis);
            long length = slice.length(axis);
            if (slice.isFullAt(axis)) {
                continue;
            }
            if (start < 0 || length <= 0) {
                return Optional.of("Expected non-negative start and positive length but got start = " + start
                        + ", length = " + length + ": extent = " + text(start, length));
            }
            if (start > Long.MAX_VALUE - length) {
                return Optional.of("Extent end exceeds the maximum possible size: extent = " + text(start, length));
            }
        }
        return Optional.empty();
    }

    private static String text(long start, long length) {
        String first = start == 0 ? "" : "start: " + start;
        String second = length == TensorSlice.FULL ? "" : "length: " + length;
        return first + (first.isEmpty() || second.isEmpty() ? "" : " ") + second;
    }
}
