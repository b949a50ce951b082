package org.tfckpt.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/**
 * Reads the tensors of an open checkpoint, or of another file of named tensors. A new format implements this interface;
 * features that only some formats have are default methods.
 *
 * <p>Implementations are thread-safe. Opening one reads no values.
 */
public interface FormatReader extends Closeable {
    /** The amount of data that a verification read: the number of tensors, and of intact bytes of their values. */
    record Totals(long tensors, long bytes) {}

    /** Returns a short name of the format, for example {@code V2}. */
    String format();

    /**
     * Returns the byte order of the values. If it differs between tensors, {@link TensorReader#order} returns that of a
     * tensor, and this is the default order of a rewritten checkpoint.
     */
    ByteOrder byteOrder();

    /** Returns the number of files that hold values, given by the header or by the names of the files. */
    int dataFileCount();

    /**
     * Returns the path of a file that holds values, which may be missing, by the number of {@link
     * TensorInfo.Storage#shard()}.
     */
    Path dataFile(int number);

    /** Returns whether the format has checksums of the values; if not, a verification checks the structure alone. */
    default boolean hasChecksums() {
        return true;
    }

    /**
     * Returns whether a V2 checkpoint can use these data files unchanged. If so, every intact tensor or slice has a
     * {@link TensorInfo#storage()}, and its bytes have the form that V2 stores.
     */
    default boolean hasLinkableDataFiles() {
        return false;
    }

    /** Lists all tensors in the order of their names. */
    TensorScan scan() throws IOException;

    /**
     * Lists the stored entries: as {@link #scan}, but formats that store the slices of a partitioned tensor under their
     * own keys list the slices instead of the tensor.
     */
    default TensorScan entries() throws IOException {
        return scan();
    }

    /** Looks up a tensor by name; returns null if there is none. */
    @Nullable
    TensorInfo find(String name) throws IOException;

    /**
     * Looks up the entry of a slice of a partitioned tensor; returns null if there is none, or if the format has no
     * entries for slices.
     */
    default @Nullable TensorInfo findSlice(TensorInfo tensor, TensorSlice slice) throws IOException {
        return null;
    }

    /** Opens a tensor of this checkpoint without reading its values. */
    TensorReader open(TensorInfo info);

    /**
     * Returns the text of TensorFlow's error for a name that is not in a checkpoint of this format, or null if
     * TensorFlow does not read the format.
     */
    default @Nullable String tensorFlowNotFound(String name) {
        return null;
    }

    /**
     * Finds the cause of damage that the caller noticed in the bytes of a data file, which its context names. Returns
     * the exception to throw: another one if the checkpoint was replaced meanwhile, or if the file is of another kind.
     */
    default CheckpointException explain(DataLossException damage, int shard) {
        return damage;
    }

    /**
     * Checks every structure and every byte, and continues after a problem. The listener receives each problem and each
     * intact tensor, on the caller's thread and in an order that does not depend on the number of threads.
     */
    Totals verify(VerificationListener listener, OrderedWork work) throws IOException;
}
