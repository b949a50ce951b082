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
    /**
     * The amount of data that a verification read.
     *
     * @param tensors the number of tensors
     * @param bytes the number of intact bytes of their values
     */
    record Totals(long tensors, long bytes) {}

    /**
     * Returns the name of the format.
     *
     * @return a short name, for example {@code V2}
     */
    String format();

    /**
     * Returns the byte order of the values. If it differs between tensors, {@link TensorReader#order} returns that of a
     * tensor, and this is the default order of a rewritten checkpoint.
     *
     * @return the byte order
     */
    ByteOrder byteOrder();

    /**
     * Returns the number of files that hold values.
     *
     * @return the number given by the header or by the names of the files
     */
    int dataFileCount();

    /**
     * Returns the path of a file that holds values.
     *
     * @param number as in {@link TensorInfo.Storage#shard()}, from 0
     * @return the path; the file may be missing
     */
    Path dataFile(int number);

    /**
     * Returns whether the format has checksums of the values.
     *
     * @return true unless a format overrides this method; if false, a verification checks the structure alone
     */
    default boolean hasChecksums() {
        return true;
    }

    /**
     * Returns whether a V2 checkpoint can use these data files unchanged. If so, every intact tensor or slice has a
     * {@link TensorInfo#storage()}, and its bytes have the form that V2 stores.
     *
     * @return false unless a format overrides this method
     */
    default boolean hasLinkableDataFiles() {
        return false;
    }

    /**
     * Lists all tensors in the order of their names.
     *
     * @return a scan before the first tensor
     * @throws IOException if the index cannot be read
     */
    TensorScan scan() throws IOException;

    /**
     * Lists the stored entries: as {@link #scan}, but formats that store the slices of a partitioned tensor under their
     * own keys list the slices instead of the tensor.
     *
     * @return a scan before the first entry
     * @throws IOException if the index cannot be read
     */
    default TensorScan entries() throws IOException {
        return scan();
    }

    /**
     * Looks up a tensor by name.
     *
     * @param name the name of the tensor
     * @return the tensor, or null if there is none
     * @throws IOException if the part of the index that would hold it is damaged
     */
    @Nullable
    TensorInfo find(String name) throws IOException;

    /**
     * Looks up the entry of a slice of a partitioned tensor.
     *
     * @param tensor a partitioned tensor of this checkpoint
     * @param slice one of its slices
     * @return the entry; null if there is none, or if the format has no entries for slices
     * @throws IOException if the part of the index that would hold it is damaged
     */
    default @Nullable TensorInfo findSlice(TensorInfo tensor, TensorSlice slice) throws IOException {
        return null;
    }

    /**
     * Opens a tensor without reading its values.
     *
     * @param info a tensor of this checkpoint
     * @return a reader of its values
     */
    TensorReader open(TensorInfo info);

    /**
     * Returns the text of TensorFlow's error for a name that is not in a checkpoint of this format.
     *
     * @param name the missing name
     * @return the text, or null if TensorFlow does not read the format
     */
    default @Nullable String tensorFlowNotFound(String name) {
        return null;
    }

    /**
     * Finds the cause of damage that the caller noticed in the bytes of a data file.
     *
     * @param damage the damage; its context names the data file
     * @param shard the number of the data file
     * @return the exception to throw: another one if the checkpoint was replaced meanwhile, or if the file is of
     *     another kind
     */
    default CheckpointException explain(DataLossException damage, int shard) {
        return damage;
    }

    /**
     * Checks every structure and every byte, and continues after a problem.
     *
     * @param listener receives each problem and each intact tensor, on the caller's thread and in an order that does
     *     not depend on the number of threads
     * @param work the threads to use
     * @return the amount of data read
     * @throws IOException if the disk fails; damage is reported to the listener
     */
    Totals verify(VerificationListener listener, OrderedWork work) throws IOException;
}
