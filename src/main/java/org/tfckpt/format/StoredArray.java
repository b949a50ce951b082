package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteOrder;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/** A tensor of a file format other than a checkpoint of TensorFlow, which always stores it whole. Thread-safe. */
public abstract class StoredArray implements SliceAssembly.Parts {
    private final TensorInfo info;
    private final ByteOrder order;
    private final String file;

    /** Creates a tensor of a file, which messages name. */
    protected StoredArray(TensorInfo info, ByteOrder order, String file) {
        this.info = info;
        this.order = order;
        this.file = file;
    }

    /** Returns name, dtype, shape and location of this tensor. */
    public final TensorInfo info() {
        return info;
    }

    final String name() {
        return info.name();
    }

    protected final ByteOrder order() {
        return order;
    }

    /**
     * Returns whether TensorFlow has the dtype of this tensor; if not, reading its values throws {@link #notSupported}.
     */
    protected final boolean isReadable() {
        return info.dtype().isFixedWidth() || info.dtype() == DataType.DT_STRING;
    }

    TensorReader reader() {
        return new SliceAssembly(info, order, this);
    }

    /** Compares the bytes with their checksum, if the format has one; returns the number of intact bytes of values. */
    protected long verify() throws IOException {
        if (info.dtype() == DataType.DT_STRING) {
            StringData strings = strings(0);
            strings.check();
            return strings.byteSize();
        }
        TensorData data = data(0);
        data.check();
        return data.size();
    }

    @Override
    public StringData strings(int slice) throws IOException {
        throw notSupported();
    }

    @Override
    public VariantData variants(int slice) throws IOException {
        throw notSupported();
    }

    /** Not called: the only slice is the whole tensor. */
    @Override
    public CheckpointException incomplete(TensorSlice region) {
        throw new IllegalStateException("no slice " + region + " of " + info);
    }

    @Override
    public CheckpointException notSupported() {
        return new UnsupportedFormatException(
                "dtype " + DataType.enumName(info.dtypeNumber()) + " is not supported: TensorFlow has no such dtype",
                place());
    }

    @Override
    public ErrorContext place() {
        return ErrorContext.at(file, -1).ofTensor(info.name());
    }

    @Override
    public String shapeMismatch(Shape taken) {
        return "tensor '" + info.name() + "' has shape " + info.shape() + ", not " + taken;
    }
}
