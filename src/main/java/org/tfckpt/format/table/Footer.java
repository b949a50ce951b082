package org.tfckpt.format.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.FileKind;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * The last 48 bytes of a table.
 *
 * <pre>
 * metaindex handle | index handle | zeros up to byte 40 | magic, little-endian
 * </pre>
 *
 * @param metaindex the handle of the metaindex block, which is always empty
 * @param index the handle of the index block, which has one entry per data block
 */
record Footer(BlockHandle metaindex, BlockHandle index) {
    static final int LENGTH = 2 * BlockHandle.MAX_LENGTH + Long.BYTES;
    static final long MAGIC = FileKind.TABLE_MAGIC;

    static Footer read(ByteSource source, long size) throws IOException {
        if (size < LENGTH) {
            throw notATable(
                    source,
                    ErrorContext.at(source.name(), -1)
                            .mismatch("at least " + LENGTH + " bytes", size)
                            .withTensorFlow("file is too short to be an sstable"));
        }
        long start = size - LENGTH;
        ByteBuffer bytes = source.read(start, LENGTH);
        long magic = bytes.getLong(LENGTH - Long.BYTES);
        if (magic != MAGIC) {
            throw notATable(
                    source,
                    ErrorContext.at(source.name(), size - Long.BYTES)
                            .mismatch(Long.toHexString(MAGIC), Long.toHexString(magic))
                            .withTensorFlow("not an sstable (bad magic number)"));
        }
        try {
            return new Footer(BlockHandle.decode(bytes), BlockHandle.decode(bytes));
        } catch (MalformedBytesException e) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "the footer is malformed",
                    ErrorContext.at(source.name(), start).withTensorFlow("bad block handle"),
                    e);
        }
    }

    /** Names what the file is instead, since the wrong file is more frequent than a damaged one. */
    private static DataLossException notATable(ByteSource source, ErrorContext context) throws IOException {
        FileKind kind = FileKind.of(source);
        if (kind.equals(FileKind.UNKNOWN)) {
            return new DataLossException(
                    ProblemKind.TABLE,
                    "the file is not part of a checkpoint, or its end is missing (its kind is not known)",
                    context.withHint("compare its size with the original's, or copy or download it again"));
        }
        ErrorContext where = ErrorContext.at(source.name(), -1).withTensorFlow(context.tensorFlow());
        return new DataLossException(
                ProblemKind.TABLE,
                "the file is " + kind.name() + ", not part of a checkpoint",
                kind.advice().isEmpty() ? where : where.withHint(kind.advice()));
    }

    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        metaindex.encode(bytes);
        index.encode(bytes);
        return bytes.putLong(LENGTH - Long.BYTES, MAGIC).array();
    }
}
