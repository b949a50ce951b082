package org.tfckpt.format;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/** A TensorProto inside a variant, whose values are decoded when they are read. */
public final class TensorMessage implements SliceAssembly.Parts {
    private static final int DTYPE = TensorProto.DTYPE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;
    private static final int SHAPE = MessageFields.lengthDelimited(TensorProto.TENSOR_SHAPE_FIELD_NUMBER);
    private static final int VARIANT = MessageFields.lengthDelimited(TensorProto.VARIANT_VAL_FIELD_NUMBER);

    /** The deepest nesting of variants; TensorFlow's own parser rejects messages from about this depth on. */
    private static final int MAX_DEPTH = 50;

    private final TensorInfo info;
    private final ByteBuffer message;
    private final ErrorContext place;

    private TensorMessage(TensorInfo info, ByteBuffer message, ErrorContext place) {
        this.info = info;
        this.message = message;
        this.place = place;
    }

    private static TensorMessage read(ByteBuffer message, String name, ErrorContext place) throws IOException {
        int dtype = 0;
        Shape shape = Shape.of();
        MessageFields in = new MessageFields(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == DTYPE) {
                dtype = in.numbers().readEnum();
            } else if (tag == SHAPE) {
                shape = ProtoShapes.shape(in.parse(TensorShapeProto.parser()));
            } else {
                in.skip();
            }
        }
        return new TensorMessage(new TensorInfo(name, dtype, shape, null, List.of()), message, place);
    }

    /** Returns a tensor inside a variant that was checked. */
    public static TensorMessage in(VariantMessage variant, int index) {
        try {
            return read(variant.tensor(index), variant.name() + ".tensors[" + index + "]", variant.place());
        } catch (IOException e) {
            throw new UncheckedIOException("the file has changed since it was checked", e);
        }
    }

    /** Checks that a variant, with all tensors and variants inside it, is well-formed; keeps nothing in memory. */
    public static void checkVariant(ByteBuffer variant) throws IOException {
        checkVariant(new MessageFields(variant), 0);
    }

    private static void checkVariant(MessageFields in, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("variants are nested more than " + MAX_DEPTH + " deep");
        }
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == VariantMessage.TENSORS) {
                int outer = in.enter();
                checkTensor(in, depth);
                in.leave(outer);
            } else {
                in.skip();
            }
        }
    }

    private static void checkTensor(MessageFields in, int depth) throws IOException {
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == SHAPE) {
                ProtoShapes.shape(in.parse(TensorShapeProto.parser()));
            } else if (tag == VARIANT) {
                int outer = in.enter();
                checkVariant(in, depth + 1);
                in.leave(outer);
            } else {
                in.skip();
            }
        }
    }

    /** Returns the name, dtype and shape of the tensor, not checked. */
    public TensorInfo info() {
        return info;
    }

    /** Opens the tensor. */
    public TensorReader reader() {
        return new SliceAssembly(info, ByteOrder.LITTLE_ENDIAN, this);
    }

    @Override
    public TensorData data(int slice) throws IOException {
        if (!TensorValues.isKnown(info.dtype())) {
            throw notSupported();
        }
        try {
            ByteBuffer values =
                    TensorValues.repeating(info.dtype(), info.shape().elements(), message);
            return new BufferData(() -> values);
        } catch (InvalidProtocolBufferException e) {
            throw damage(e);
        }
    }

    @Override
    public StringData strings(int slice) throws IOException {
        try {
            return StringValues.repeating(info.shape().elements(), message);
        } catch (InvalidProtocolBufferException e) {
            throw damage(e);
        }
    }

    @Override
    public VariantData variants(int slice) throws IOException {
        VariantList.Builder list = new VariantList.Builder(message, info.name(), place);
        try {
            MessageFields in = new MessageFields(message);
            for (int tag = in.next(); tag != 0; tag = in.next()) {
                if (tag == VARIANT) {
                    int length = in.skipBytes();
                    list.add(in.position() - length, length);
                } else {
                    in.skip();
                }
            }
            if (list.count() != info.shape().elements()) {
                throw new InvalidProtocolBufferException(
                        list.count() + " variants where " + info.shape().elements() + " are needed");
            }
        } catch (InvalidProtocolBufferException e) {
            throw damage(e);
        }
        return list.build(message.remaining());
    }

    private DataLossException damage(InvalidProtocolBufferException e) {
        return new DataLossException(
                ProblemKind.VARIANT, "Unable to parse TensorProto: " + e.getMessage(), place.ofTensor(info.name()), e);
    }

    @Override
    public CheckpointException incomplete(TensorSlice region) {
        throw new AssertionError("a single slice covers every region");
    }

    @Override
    public CheckpointException notSupported() {
        return new UnsupportedFormatException(
                "dtype " + DataType.enumName(info.dtypeNumber()) + " is not supported", place());
    }

    @Override
    public ErrorContext place() {
        return place.ofTensor(info.name());
    }

    @Override
    public String shapeMismatch(Shape taken) {
        return "tensor_name = " + info.name() + "; shape " + taken + " does not match the tensor's shape "
                + info.shape();
    }
}
