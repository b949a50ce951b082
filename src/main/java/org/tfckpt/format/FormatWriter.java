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

    /**
     * Returns the name of the format.
     *
     * @return as {@link FormatReader#format()}
     */
    String format();

    /**
     * Returns how a tensor is stored.
     *
     * @param tensor the tensor
     * @return {@link Fit#NONE} if the format cannot hold it
     * @throws IOException if the values have to be read and cannot be
     */
    Fit fit(NewTensor tensor) throws IOException;

    /**
     * Returns the size of the values of a tensor in the file.
     *
     * @param tensor a tensor that fits
     * @return the number of bytes
     * @throws IOException if the values have to be read and cannot be
     */
    long size(NewTensor tensor) throws IOException;

    /**
     * Writes a file, or a set of files, in memory that does not depend on the size of the tensors. At any moment, even if
     * the process is killed, the old file or set exists and is complete, or the new one.
     *
     * @param target the file; the names of the files of a set are derived from it
     * @param overwrite whether to replace existing files
     * @param tensors the tensors, which all fit, with different names, in the order of their names
     * @param progress receives the number of bytes after each write
     * @throws java.nio.file.FileAlreadyExistsException if there is a file that must not be replaced
     * @throws IOException if the values cannot be read, or the files cannot be written; nothing is changed then
     */
    void write(Path target, boolean overwrite, List<NewTensor> tensors, LongConsumer progress) throws IOException;

    /**
     * Writes a file from its start to its end, for places that are not local.
     *
     * @param target receives the bytes; it is closed at the end, but not if this method throws
     * @param tensors as for {@link #write(Path, boolean, List, LongConsumer)}
     * @param progress receives the number of bytes after each write
     * @throws UnsupportedOperationException if a file of the format cannot be written so, or the writer writes several
     * @throws IOException if the values cannot be read, or the bytes cannot be written
     */
    default void write(WritableByteChannel target, List<NewTensor> tensors, LongConsumer progress) throws IOException {
        throw new UnsupportedOperationException(format() + " files cannot be written to a stream");
    }

    /**
     * Returns the dtype of the integers that represent values of a dtype.
     *
     * @param dtype a dtype
     * @return the dtype of the integers; the dtype itself if it is not quantised and not of less than a byte
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
