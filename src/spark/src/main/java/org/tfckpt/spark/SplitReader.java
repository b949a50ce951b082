package org.tfckpt.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.bundle.SimilarFiles;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;

/** Reads the rows of some splits. A checkpoint that cannot be read is a row, and does not end the task. */
final class SplitReader implements PartitionReader<InternalRow> {
    private final SourceOptions options;
    private final List<Filter> filters;
    private final Set<String> columns;
    private final int[] projection;
    private final Iterator<Split> splits;
    private final OpenFiles files;

    private OpenFiles.@Nullable Opened open;
    private @Nullable TableRows rows;
    private @Nullable Split split;
    private InternalRow row = InternalRow.empty();

    SplitReader(
            SourceOptions options,
            StructType schema,
            List<Filter> filters,
            Iterator<Split> splits,
            Configuration configuration) {
        this.options = options;
        this.filters = filters;
        this.columns = Set.of(schema.fieldNames());
        this.projection = Arrays.stream(schema.fieldNames())
                .mapToInt(options.table().schema()::fieldIndex)
                .toArray();
        this.splits = splits;
        this.files = new OpenFiles(configuration);
    }

    @Override
    public boolean next() throws IOException {
        while (true) {
            Split current = split;
            if (current == null) {
                if (!splits.hasNext()) {
                    return false;
                }
                current = splits.next();
                split = current;
            }
            Object[] next;
            try {
                next = next(current);
            } catch (UncheckedIOException e) {
                next = failed(current, Objects.requireNonNull(e.getCause()));
            } catch (IOException e) {
                next = failed(current, e);
            }
            if (next != null) {
                Object[] projected = new Object[projection.length];
                for (int i = 0; i < projected.length; i++) {
                    projected[i] = next[projection[i]];
                }
                row = new GenericInternalRow(projected);
                return true;
            }
            if (rows == null) {
                split = null;
            }
        }
    }

    /** Returns the next row of a split; null if there is none, and then closes it. */
    private Object @Nullable [] next(Split current) throws IOException {
        TableRows reading = rows;
        if (reading == null) {
            if (!current.target().interrupted().isEmpty()) {
                split = null;
                return TableRows.row(current.target(), options.table(), Failure.interrupted(current.target()));
            }
            OpenFiles.Opened opened = files.open(current.target());
            open = opened;
            reading = TableRows.of(new TableRows.Input(
                    opened.checkpoint(), current, options.table(), columns, new TensorFilter(current.target())::test));
            rows = reading;
        }
        Object[] next = reading.next();
        if (next != null && isMissing(next) && files.isGone(current.target())) {
            next = failed(
                    current,
                    new java.nio.file.NoSuchFileException(current.target().uri()));
        } else if (next == null) {
            closeSplit();
        }
        return next;
    }

    /** Returns whether a row says that a file of the checkpoint does not exist. */
    private boolean isMissing(Object[] next) {
        Object kind = next[next.length - 2];
        return kind != null && kind.toString().equals(ProblemKind.MISSING_FILE.toString());
    }

    /** Ends a split that cannot be read; returns the row that says why, if no other task has it. */
    private Object @Nullable [] failed(Split current, IOException e) throws IOException {
        closeSplit();
        Target target = current.target();
        boolean gone = files.isGone(target);
        Failure failure = gone ? Failure.gone(target) : withoutIndex(target, e);
        split = null;
        return current.isLast() ? TableRows.row(target, options.table(), failure) : null;
    }

    /** Describes the failure; as the tool does, if it is that data files have no index. */
    private Failure withoutIndex(Target target, IOException e) throws IOException {
        boolean hasData = target.file().startsWith(target.name() + ".data-");
        if (hasData && e instanceof CheckpointException && !(e instanceof DataLossException)) {
            try (StorageFileSystem session = files.files(target)) {
                Path index = session.getPath(target.uri() + ".index");
                String advice =
                        SimilarFiles.advice(index).map(text -> "; " + text).orElse("");
                return new Failure(
                        ProblemKind.MISSING_FILE.toString(),
                        index.toString(),
                        -1,
                        "the data files have no index" + advice);
            }
        }
        return Failure.of(e, target);
    }

    /** Selects tensors by the options and by the filters of the query. */
    private final class TensorFilter {
        private final java.util.function.Predicate<String> names = options.names();
        private final String checkpoint;

        TensorFilter(Target target) {
            this.checkpoint = target.uri();
        }

        boolean test(TensorInfo tensor) {
            return names.test(tensor.name())
                    && (filters.isEmpty()
                            || NameFilters.accept(filters, column -> switch (column) {
                                case "checkpoint" -> checkpoint;
                                case "name" -> tensor.name();
                                case "dtype" -> DataType.enumName(tensor.dtypeNumber());
                                default -> null;
                            }));
        }
    }

    @Override
    public InternalRow get() {
        return row;
    }

    private void closeSplit() throws IOException {
        OpenFiles.Opened opened = open;
        rows = null;
        open = null;
        if (opened != null) {
            opened.close();
        }
    }

    @Override
    public void close() throws IOException {
        try (files) {
            closeSplit();
        }
    }
}
