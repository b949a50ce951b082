package org.tfckpt.spark;

import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Computes the rows of a split of an open checkpoint, one after the other. A row has all columns of the table. */
abstract class TableRows {
    private static final int SHAPE = 3;

    final Input input;

    TableRows(Input input) {
        this.input = input;
    }

    /**
     * What rows are computed from: a part of an open checkpoint, the columns that are read (others may be null), and
     * which tensors are wanted.
     */
    record Input(
            Checkpoint checkpoint, Split split, TableKind table, Set<String> columns, Predicate<TensorInfo> filter) {
        boolean wants(String column) {
            return columns.contains(column);
        }

        Iterator<TensorInfo> tensors() throws IOException {
            return checkpoint.tensorIterator();
        }

        Pieces pieces() throws IOException {
            return new Pieces(checkpoint, tensors(), split, filter);
        }
    }

    static TableRows of(Input input) throws IOException {
        return switch (input.table) {
            case TENSORS -> new TensorRows(input);
            case PROBLEMS -> new ProblemRows(input);
            case STATS -> new StatisticsRows(input);
            case DIGESTS -> new DigestRows(input);
            case VALUES -> new ValueRows(input);
        };
    }

    /** Returns the next row; null after the last. */
    abstract Object @Nullable [] next() throws IOException;

    static UTF8String text(String text) {
        // Bytes that are not UTF-8 stay as they are.
        return UTF8String.fromBytes(TensorNames.encode(text));
    }

    /** Returns a row of nulls for a checkpoint. */
    static Object[] row(Target target, TableKind table) {
        Object[] row = new Object[table.schema().size()];
        row[0] = text(target.uri());
        return row;
    }

    /** Returns a row with the columns that all tables of tensors begin with. */
    static Object[] row(Target target, TableKind table, TensorInfo tensor) {
        Object[] row = row(target, table);
        row[1] = text(tensor.name());
        row[2] = text(DataType.enumName(tensor.dtypeNumber()));
        row[SHAPE] = UnsafeArrayData.fromPrimitiveArray(tensor.shape().toArray());
        return row;
    }

    final Object[] row(TensorInfo tensor) {
        return row(input.split.target(), input.table, tensor);
    }

    /** Returns the row of a tensor that cannot be read. */
    final Object[] row(TensorInfo tensor, IOException e) throws IOException {
        return failed(row(tensor), Failure.of(e, input.split.target()));
    }

    /** Returns the row of a checkpoint that cannot be read. */
    static Object[] row(Target target, TableKind table, Failure failure) {
        Object[] row = row(target, table);
        if (table == TableKind.PROBLEMS) {
            row[ProblemRows.FILE] = failure.file() == null ? null : text(failure.file());
            row[ProblemRows.FILE + 1] = failure.offset() < 0 ? null : failure.offset();
        }
        return failed(row, failure);
    }

    private static Object[] failed(Object[] row, Failure failure) {
        row[row.length - 2] = text(failure.kind());
        row[row.length - 1] = text(failure.message());
        return row;
    }
}
