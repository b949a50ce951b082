package org.tfckpt.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * A tensor by value, a TensorProto, decoded when it is read.
 *
 * <pre>
 * 1 dtype | 2 tensor_shape | values: see {@link TensorValues}, {@link StringValues}; 15 variant_val
 * </pre>
 */
public final class TensorMessage implements SliceAssembly.Parts {
    private static final int DTYPE = 1 << 3 | WireReader.VARINT;
    private static final int SHAPE = 2 << 3 | WireReader.BYTES;
    private static final int VARIANT = 15 << 3 | WireReader.BYTES;

    /** Variants within variants; TensorFlow's own parser gives up at about this depth, too. */
    private static final int MAX_DEPTH = 50;

    private final TensorInfo info;
    private final ByteBuffer message;
    private final ErrorContext place;

    private TensorMessage(TensorInfo info, ByteBuffer message, ErrorContext place) {
        this.info = info;
        this.message = message;
        this.place = place;
    }

    private static TensorMessage read(ByteBuffer message, String name, ErrorContext place)
            throws MalformedBytesException {
        int dtype = 0;
        Shape shape = Shape.of();
        WireReader in = new WireReader(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            switch (tag) {
                case DTYPE -> dtype = (int) in.varint();
                case SHAPE -> shape = WireShapes.shape(in, shape);
                default -> in.skip();
            }
        }
        return new TensorMessage(new TensorInfo(name, dtype, shape, null, List.of()), message, place);
    }

    /**
     * The tensor at a place in a variant.
     *
     * @param variant the variant, which was checked
     * @param index which of its tensors
     * @return the tensor, its values not yet decoded
     */
    public static TensorMessage in(VariantMessage variant, int index) {
        try {
            return read(variant.tensor(index), variant.name() + ".tensors[" + index + "]", variant.place());
        } catch (MalformedBytesException e) {
            throw new UncheckedIOException("the file has changed since it was checked", e);
        }
    }

    /**
     * Walks a variant's message and all that are in it, and allocates nothing.
     *
     * @param variant a VariantTensorDataProto
     * @throws MalformedBytesException if it, or one inside it, is no such message
     */
    public static void checkVariant(ByteBuffer variant) throws MalformedBytesException {
        checkVariant(variant, 0);
    }

    private static void checkVariant(ByteBuffer variant, int depth) throws MalformedBytesException {
        if (depth > MAX_DEPTH) {
            throw new MalformedBytesException("variants are nested more than " + MAX_DEPTH + " deep");
        }
        WireReader in = new WireReader(variant);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == VariantMessage.TENSORS) {
                checkTensor(in.message(), depth);
            } else {
                in.skip();
            }
        }
    }

    private static void checkTensor(WireReader in, int depth) throws MalformedBytesException {
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            switch (tag) {
                case SHAPE -> WireShapes.shape(in, Shape.of());
                case VARIANT -> checkVariant(in.bytes(), depth + 1);
                default -> in.skip();
            }
        }
    }

    /**
     * Dtype and shape.
     *
     * @return as the message says
     */
    public TensorInfo info() {
        return info;
    }

    /**
     * The values.
     *
     * @return a reader of them
     */
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
        } catch (MalformedBytesException e) {
            throw damage(e);
        }
    }

    @Override
    public StringData strings(int slice) throws IOException {
        try {
            return StringValues.repeating(info.shape().elements(), message);
        } catch (MalformedBytesException e) {
            throw damage(e);
        }
    }

    @Override
    public VariantData variants(int slice) throws IOException {
        VariantList.Builder list = new VariantList.Builder(message, info.name(), place);
        try {
            WireReader in = new WireReader(message);
            for (int tag = in.next(); tag != 0; tag = in.next()) {
                if (tag == VARIANT) {
                    int length = in.bytes().remaining();
                    list.add(in.position() - length, length);
                } else {
                    in.skip();
                }
            }
            if (list.count() != info.shape().elements()) {
                throw new MalformedBytesException(
                        list.count() + " variants where " + info.shape().elements() + " are needed");
            }
        } catch (MalformedBytesException e) {
            throw damage(e);
        }
        return list.build(message.remaining());
    }

    private DataLossException damage(MalformedBytesException e) {
        return new DataLossException(
                ProblemKind.VARIANT, "Unable to parse TensorProto: " + e.getMessage(), place.ofTensor(info.name()), e);
    }

    @Override
    public CheckpointException incomplete(TensorSlice region) {
        throw new AssertionError("one slice holds all");
    }

    @Override
    public CheckpointException notSupported() {
        return new UnsupportedFormatException(
                "Dtype " + DataType.shortName(info.dtypeNumber()) + " not supported.", place());
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
