package org.tfckpt.format;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.tfckpt.tensor.DataType;

/**
 * Writes files of named tensors: the counterpart of {@link FormatReader}. The tensors are known before the first one is
 * written, so that a file can begin with a list of them.
 */
public interface FormatWriter {
    /** How a tensor is stored. */
    enum Fit {
        /** As it is. */
        EXACT,
        /** As float32, which holds every value exactly. */
        WIDENED,
        /** As the integers that represent its values. */
        AS_INTEGERS,
        /** Not at all. */
        NONE
    }

    /** Returns the name of the format, as {@link FormatReader#format()}. */
    String format();

    /** Returns how a tensor is stored; {@link Fit#NONE} if the format cannot hold it. */
    Fit fit(NewTensor tensor) throws IOException;

    /** Returns the size in bytes of the values of a tensor, which fits, in the file. */
    long size(NewTensor tensor) throws IOException;

    /**
     * Writes a file, or a set of files whose names are derived from it, in memory that does not depend on the size of
     * the tensors. At any moment, even if the process is killed, the old file or set exists and is complete, or the new
     * one. The tensors all fit, have different names, and are in the order of their names. Throws {@link
     * java.nio.file.FileAlreadyExistsException} if there is a file that must not be replaced.
     */
    void write(Path target, boolean overwrite, List<NewTensor> tensors, LongConsumer progress) throws IOException;

    /**
     * Writes a file from its start to its end, for places that are not local. The target is closed at the end, but not
     * if this method throws; {@link UnsupportedOperationException} if a file of the format cannot be written so, or the
     * writer writes several.
     */
    default void write(WritableByteChannel target, List<NewTensor> tensors, LongConsumer progress) throws IOException {
        throw new UnsupportedOperationException(format() + " files cannot be written to a stream");
    }

    /**
     * Returns the dtype of the integers that represent values of a dtype; the dtype itself if it is not quantised and
     * not of less than a byte.
     */
    static DataType storedInteger(DataType dtype) {
        return switch (dtype) {
            case DT_QINT8, DT_INT4, DT_INT2 -> DataType.DT_INT8;
            case DT_QUINT8, DT_UINT4, DT_UINT2 -> DataType.DT_UINT8;
            case DT_QINT16 -> DataType.DT_INT16;
            case DT_QUINT16 -> DataType.DT_UINT16;
            case DT_QINT32 -> DataType.DT_INT32;
            default -> dtype;
        };
    }
}
