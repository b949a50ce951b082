package org.tfckpt.format.v1;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.MessageFields;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.VersionCheck;
import org.tfckpt.format.table.Table;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.io.FileAccess;
import org.tfckpt.proto.SavedTensorSliceMeta;
import org.tfckpt.proto.SavedTensorSlices;
import org.tfckpt.proto.VersionDef;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * One file of a V1 checkpoint: a table of SavedTensorSlices. The record under the empty key has {@code meta}, the list
 * of all slices; a record under the key of a slice has {@code data}, its values.
 *
 * <p>The list may have any size, so it is read one tensor at a time.
 */
final class V1File implements Closeable {
    private static final int META = MessageFields.lengthDelimited(SavedTensorSlices.META_FIELD_NUMBER);
    private static final int TENSOR = MessageFields.lengthDelimited(SavedTensorSliceMeta.TENSOR_FIELD_NUMBER);
    private static final int VERSIONS = MessageFields.lengthDelimited(SavedTensorSliceMeta.VERSIONS_FIELD_NUMBER);
    private static final String ANOTHER_FORMAT =
            ": perhaps your file is in a different file format and you need to use a different restore operator?";

    private final Table table;

    private V1File(Table table) {
        this.table = table;
    }

    /**
     * Opens a file, mapped if its file system supports it and {@code mapped}, and passes each tensor of its list on.
     */
    static V1File open(Path path, boolean mapped, MetaConsumer tensors) throws IOException {
        V1File file = new V1File(openTable(path, mapped));
        try {
            file.readMeta(tensors);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Receives the tensors of a list. */
    interface MetaConsumer {
        void accept(SliceMeta meta) throws IOException;
    }

    /** Returns whether a file is a table whose first record is a list of slices. The list itself is not checked. */
    static boolean hasMeta(Path path) throws IOException {
        try (Table table = openTable(path, false)) {
            TableIterator at = table.iterator();
            at.seekToFirst();
            boolean found = false;
            MessageFields in =
                    new MessageFields(at.valid() && at.keyLength() == 0 ? at.value() : ByteBuffer.allocate(0));
            for (int tag = in.next(); tag != 0; tag = in.next()) {
                found |= tag == META;
                in.skip();
            }
            return found;
        } catch (CheckpointException | InvalidProtocolBufferException notV1) {
            return false;
        }
    }

    /** Returns TensorFlow's text for a file that cannot be opened as a table. */
    static String unableToOpen(Path path, String reason) {
        return "Unable to open table file " + path + ": " + reason + ANOTHER_FORMAT;
    }

    static Table openTable(Path path, boolean mapped) throws IOException {
        if (Files.isDirectory(path)) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "'" + path + "' is a directory",
                    ErrorContext.NONE.withTensorFlow(
                            unableToOpen(path, "FAILED_PRECONDITION: " + path + "; Is a directory")));
        }
        try {
            ByteSource source = ByteSources.open(path, mapped ? FileAccess.MAPPED : FileAccess.CHANNEL);
            return Table.open(source);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(
                    "'" + path + "' does not exist",
                    ErrorContext.NONE.withTensorFlow(path + "; No such file or directory"),
                    e);
        } catch (DataLossException e) {
            String text = unableToOpen(path, "DATA_LOSS: " + e.tensorFlowText());
            throw new DataLossException(e.kind(), e.problem(), e.context().withTensorFlow(text), e);
        }
    }

    private void readMeta(MetaConsumer tensors) throws IOException {
        String notFound = "Failed to find the saved tensor slices at the beginning of the checkpoint file: " + name();
        String problem = "the file does not begin with a list of its tensors";
        ErrorContext place = ErrorContext.at(name(), 0).withTensorFlow(notFound);
        TableIterator at = table.iterator();
        try {
            at.seekToFirst();
        } catch (DataLossException e) {
            throw new DataLossException(
                    e.kind(), e.problem(), e.context().withTensorFlow(notFound + ": " + e.tensorFlowText()), e);
        }
        if (!at.valid() || at.keyLength() > 0) {
            throw new DataLossException(ProblemKind.HEADER, problem, place.mismatch("the empty key first", "none"));
        }
        boolean found = false;
        try {
            MessageFields in = new MessageFields(at.value());
            for (int tag = in.next(); tag != 0; tag = in.next()) {
                if (tag == META) {
                    found = true;
                    int outer = in.enter();
                    readMeta(in, tensors);
                    in.leave(outer);
                } else {
                    in.skip();
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new DataLossException(
                    ProblemKind.HEADER, problem, place.mismatch("a list of slices", String.valueOf(e.getMessage())), e);
        }
        if (!found) {
            throw new UnsupportedFormatException(
                    problem,
                    place.mismatch("a list of slices", "the header of a V2 checkpoint")
                            .withHint("if it is the index of a V2 checkpoint, it must be called PREFIX.index"));
        }
    }

    private void readMeta(MessageFields in, MetaConsumer tensors) throws IOException {
        VersionDef versions = VersionDef.getDefaultInstance();
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == TENSOR) {
                tensors.accept(SliceMeta.read(in.bytes(), name()));
            } else if (tag == VERSIONS) {
                versions = in.parse(VersionDef.parser());
            } else {
                in.skip();
            }
        }
        VersionCheck.check(versions, name());
    }

    String name() {
        return table.name();
    }

    Table table() {
        return table;
    }

    /** Returns the record of a slice, null if there is none. */
    @Nullable
    ByteBuffer find(SliceKey slice) throws IOException {
        byte[] key = slice.encode();
        TableIterator at = table.iterator();
        at.seek(key);
        return at.valid() && at.compareKey(key) == 0 ? at.value() : null;
    }

    @Override
    public void close() throws IOException {
        table.close();
    }
}
