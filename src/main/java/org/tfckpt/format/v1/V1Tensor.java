package org.tfckpt.format.v1;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.BufferData;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.StringData;
import org.tfckpt.format.StringValues;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.TensorValues;
import org.tfckpt.format.VariantData;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/** The stored slices of one tensor of a V1 checkpoint; each is a record in one of the files. */
final class V1Tensor implements SliceAssembly.Parts {
    private final TensorInfo info;
    private final List<TensorSlice> slices;
    private final List<Integer> fileOfSlice;
    private final List<V1File> files;
    private final @Nullable String hint;

    /**
     * Creates a tensor.
     *
     * @param info its dtype and shape
     * @param slices all slices; for a tensor that is stored whole, the one full slice
     * @param fileOfSlice the index of the file of each slice
     * @param files all files
     * @param hint how to find missing slices, or null
     */
    V1Tensor(
            TensorInfo info,
            List<TensorSlice> slices,
            List<Integer> fileOfSlice,
            List<V1File> files,
            @Nullable String hint) {
        this.info = info;
        this.slices = slices;
        this.fileOfSlice = fileOfSlice;
        this.files = files;
        this.hint = hint;
    }

    TensorInfo info() {
        return info;
    }

    List<TensorSlice> slices() {
        return slices;
    }

    /** Returns the index of the file that holds a slice. */
    int file(int slice) {
        return fileOfSlice.get(slice);
    }

    @Override
    public TensorData data(int slice) throws IOException {
        return new BufferData(new Values(slice));
    }

    /** The decoded values of a slice, which the garbage collector may discard; they are then decoded again. */
    private final class Values implements BufferData.Source {
        private final int slice;
        private volatile @Nullable SoftReference<ByteBuffer> decoded;

        Values(int slice) {
            this.slice = slice;
        }

        @Override
        public ByteBuffer get() throws IOException {
            SoftReference<ByteBuffer> reference = decoded;
            ByteBuffer values = reference == null ? null : reference.get();
            if (values == null) {
                values = values(slice, record(slice));
                decoded = new SoftReference<>(values);
            }
            return values;
        }
    }

    /** Decodes the values of a slice; the dtype must have a fixed width. */
    ByteBuffer values(int slice, SavedSlice record) throws IOException {
        if (!TensorValues.isKnown(info.dtype())) {
            throw notSupported();
        }
        try {
            return TensorValues.all(info.dtype(), elements(slice), record.values());
        } catch (InvalidProtocolBufferException e) {
            throw malformed(slice, e);
        }
    }

    @Override
    public StringData strings(int slice) throws IOException {
        return strings(slice, record(slice));
    }

    /** Finds the strings of a slice. */
    StringData strings(int slice, SavedSlice record) throws IOException {
        try {
            return StringValues.all(elements(slice), record.values());
        } catch (InvalidProtocolBufferException e) {
            throw malformed(slice, e);
        }
    }

    @Override
    public VariantData variants(int slice) throws IOException {
        throw notSupported();
    }

    @Override
    public CheckpointException notSupported() {
        return info.dtype() == DataType.DT_INVALID
                ? new DataLossException(
                        ProblemKind.DTYPE, "the tensor has no dtype", place().withTensorFlow("Type not set"))
                : new UnsupportedFormatException(
                        "dtype " + DataType.enumName(info.dtypeNumber()) + " is not supported",
                        place().withTensorFlow("Data type not supported"));
    }

    private long elements(int slice) {
        return slices.get(slice).of(info.shape()).elements();
    }

    private SavedSlice record(int slice) throws IOException {
        V1File file = files.get(fileOfSlice.get(slice));
        ByteBuffer record = file.find(new SliceKey(info.name(), slices.get(slice)));
        if (record == null) {
            throw missing(slice);
        }
        return read(slice, record);
    }

    /** Checks that the record of each slice is found by its key. */
    void requireRecords() throws IOException {
        for (int slice = 0; slice < slices.size(); slice++) {
            record(slice);
        }
    }

    /** Returns the exception for a slice that is listed but has no record. */
    DataLossException missing(int slice) {
        return new DataLossException(
                ProblemKind.SLICES,
                "the file has no record of slice " + slices.get(slice) + " of the tensor",
                place(slice));
    }

    /** Parses the record of a slice. */
    SavedSlice read(int slice, ByteBuffer record) throws IOException {
        try {
            return SavedSlice.read(record);
        } catch (InvalidProtocolBufferException e) {
            throw malformed(slice, e);
        }
    }

    private DataLossException malformed(int slice, InvalidProtocolBufferException e) {
        return new DataLossException(
                ProblemKind.ENTRY,
                "the record of slice " + slices.get(slice) + " of the tensor cannot be parsed: " + e.getMessage(),
                place(slice),
                e);
    }

    private ErrorContext place(int slice) {
        return ErrorContext.at(files.get(fileOfSlice.get(slice)).name(), -1).ofTensor(info.name());
    }

    @Override
    public CheckpointException incomplete(TensorSlice region) {
        ErrorContext place = place().mismatch(
                        "slices that hold " + info.shape() + " " + region,
                        slices.size() > 4
                                ? slices.size() + " slices"
                                : String.join(
                                        " ",
                                        slices.stream().map(Object::toString).toList()));
        return new DataLossException(
                ProblemKind.SLICES,
                "the slices of the tensor do not cover the region",
                (hint == null ? place : place.withHint(hint)).withTensorFlow("Error copying slice data"));
    }

    @Override
    public ErrorContext place() {
        boolean oneFile = Set.copyOf(fileOfSlice).size() == 1;
        return oneFile ? place(0) : ErrorContext.NONE.ofTensor(info.name());
    }

    @Override
    public String shapeMismatch(Shape taken) {
        return "Shape in shape_and_slice spec does not match the shape in the save file: " + taken
                + ", save file shape: " + info.shape();
    }
}
