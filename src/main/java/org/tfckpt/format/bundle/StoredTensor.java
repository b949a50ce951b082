package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.TensorData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;

/** The bytes of one entry, read from its shard. */
final class StoredTensor implements TensorData {
    private static final int PART = 1 << 18;
    /** Tensors up to this size are read when they are opened: asking for the size of the file would take longer. */
    private static final int SMALL = 1 << 16;

    private final StoredEntry entry;
    private final long start;
    private final long size;
    private volatile boolean checked;
    /** The bytes that were read on opening, for the first access only: a mapped file may be truncated later. */
    private @Nullable ByteBuffer found;

    /** Opens the bytes of an entry, and checks that they are within the shard. Small ones may be read now. */
    StoredTensor(StoredEntry entry, boolean readsSmall) throws IOException {
        this.entry = entry;
        this.start = entry.storage().offset();
        this.size = entry.storage().size();
        if (readsSmall && size >= 0 && size <= SMALL) {
            found = entry.read(start, (int) size);
        } else {
            entry.requireBytes(size);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteOrder order() {
        return entry.order();
    }

    @Override
    public ByteBuffer readChecked() throws IOException {
        ByteBuffer bytes = found;
        found = null;
        if (bytes == null) {
            return TensorData.super.readChecked();
        }
        check(bytes);
        return bytes;
    }

    private void check(ByteBuffer bytes) throws IOException {
        CRC32C crc = new CRC32C();
        try {
            crc.update(bytes.duplicate());
        } catch (IllegalStateException e) {
            throw entry.shard().unlessClosed(e);
        }
        requireChecksum((int) crc.getValue());
        checked = true;
    }

    @Override
    public void check() throws IOException {
        ByteBuffer bytes = found;
        found = null;
        // Unlike a mapping, a copy stays valid after other accesses.
        if (bytes != null && !bytes.isDirect()) {
            check(bytes);
        } else if (!checked) {
            checkOnce();
        }
    }

    private synchronized void checkOnce() throws IOException {
        if (checked) {
            return;
        }
        requireChecksum(crc32c(0, size));
        checked = true;
    }

    /** Returns the checksum of a part of the bytes. */
    int crc32c(long offset, long length) throws IOException {
        return entry.crc32c(start + offset, length);
    }

    /** Compares the checksum of all bytes with that of the entry. */
    void requireChecksum(int computed) throws CheckpointException {
        entry.requireChecksum(computed);
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer bytes = found;
        found = null;
        requireWithin(offset, length);
        return bytes != null && bytes.limit() == length ? bytes : entry.read(start + offset, length);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        found = null;
        requireWithin(offset, target.remaining());
        try {
            entry.shard().readInto(start + offset, target);
        } catch (DataLossException e) {
            throw entry.ofTensor(e);
        }
    }

    @Override
    public void readRuns(long from, long distance, int length, int count, byte[] target) throws IOException {
        if (count > 0) {
            requireWithin(from, (count - 1) * distance + length);
        }
        try {
            entry.shard().readRuns(start + from, distance, length, count, target);
        } catch (DataLossException e) {
            throw entry.ofTensor(e);
        }
    }

    @Override
    public void forEach(ByteSource.Consumer consumer) throws IOException {
        for (long done = 0; done < size; done += PART) {
            ByteBuffer part = read(done, (int) Math.min(PART, size - done));
            try {
                consumer.accept(part);
            } catch (IllegalStateException e) {
                throw entry.shard().unlessClosed(e);
            }
        }
    }

    @Override
    public void forEachChecked(ByteSource.Consumer consumer) throws IOException {
        if (checked) {
            forEach(consumer);
            return;
        }
        CRC32C crc = new CRC32C();
        forEach(part -> {
            crc.update(part.duplicate());
            consumer.accept(part);
        });
        requireChecksum((int) crc.getValue());
        checked = true;
    }

    private void requireWithin(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException("bytes " + offset + " to " + (offset + length) + " of the " + size
                    + " bytes of tensor '" + entry.info().name() + "'");
        }
    }
}
