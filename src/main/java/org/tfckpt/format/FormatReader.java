package org.tfckpt.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.TensorInfo;

/** What a format can do. Safe from many threads. */
public interface FormatReader extends Closeable {
    /**
     * What a verification went through.
     *
     * @param tensors the number of tensors
     * @param bytes the bytes of their values
     */
    record Totals(long tensors, long bytes) {}

    /**
     * The order of the bytes of the values.
     *
     * @return as the header says
     */
    ByteOrder byteOrder();

    /**
     * The number of files that hold values.
     *
     * @return as the header says
     */
    int shardCount();

    /**
     * Walks all tensors.
     *
     * @return a scan before the first one
     * @throws IOException if the index cannot be read
     */
    TensorScan scan() throws IOException;

    /**
     * Walks what is stored, slice by slice, as TensorFlow's debug string lists it.
     *
     * @return a scan before the first one
     * @throws IOException if the index cannot be read
     */
    TensorScan entries() throws IOException;

    /**
     * Looks one tensor up.
     *
     * @param name its name
     * @return null if there is none
     * @throws IOException if the index is damaged on the way
     */
    @Nullable
    TensorInfo find(String name) throws IOException;

    /**
     * One tensor's values; nothing is read yet.
     *
     * @param info from this checkpoint
     * @return a reader of them
     */
    TensorReader open(TensorInfo info);

    /**
     * What this format says of a name that is not there.
     *
     * @param name the name
     * @return TensorFlow's words
     */
    String notFound(String name);

    /**
     * Checks every structure and every byte, and goes on after a problem.
     *
     * @param findings told of each, and of each tensor that is intact, on the caller's thread and in an order that does not
     *     depend on the threads
     * @param work by which threads
     * @return what was gone through
     * @throws IOException if the disk fails; damage is a problem, not an exception
     */
    Totals verify(VerificationListener findings, OrderedWork work) throws IOException;
}
