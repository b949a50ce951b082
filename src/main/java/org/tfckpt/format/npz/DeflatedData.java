package org.tfckpt.format.npz;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.TensorData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * The values of a compressed member. Reading them in order inflates them in constant memory. Any other access inflates
 * them once: a small array into memory, which the garbage collector may free, a large one to a temporary file.
 */
final class DeflatedData implements TensorData {
    private static final int PART = 1 << 18;
    private static final int SMALL = 1 << 24;

    private final ByteSource archive;
    private final ZipMember member;
    private final int headerLength;
    private final ByteOrder order;
    private final TemporarySources temporary;
    private final ErrorContext place;
    private volatile boolean checked;
    private @Nullable SoftReference<ByteBuffer> memory;
    private @Nullable ByteSource onDisk;

    DeflatedData(
            ByteSource archive,
            ZipMember member,
            int headerLength,
            ByteOrder order,
            TemporarySources temporary,
            ErrorContext place) {
        this.archive = archive;
        this.member = member;
        this.headerLength = headerLength;
        this.order = order;
        this.temporary = temporary;
        this.place = place;
    }

    @Override
    public long size() {
        return member.size() - headerLength;
    }

    @Override
    public ByteOrder order() {
        return order;
    }

    @Override
    public synchronized void check() throws IOException {
        if (!checked) {
            forEach(part -> {});
        }
    }

    @Override
    public void forEach(ByteSource.Consumer consumer) throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream in = member.open(archive)) {
            byte[] header = new byte[headerLength];
            inflate(in, header, headerLength);
            crc.update(header);
            byte[] bytes = new byte[(int) Math.min(PART, size())];
            for (long done = 0; done < size(); done += PART) {
                int length = (int) Math.min(PART, size() - done);
                inflate(in, bytes, length);
                crc.update(bytes, 0, length);
                consumer.accept(ByteBuffer.wrap(bytes, 0, length).slice().order(order));
            }
            if (inflateSome(in, new byte[1], 1) > 0) {
                throw damaged(ProblemKind.SIZE, "the member inflates to more bytes than its header states", null);
            }
        }
        if ((int) crc.getValue() != member.crc()) {
            throw MemberCheck.mismatch(place, member.crc(), (int) crc.getValue());
        }
        checked = true;
    }

    @Override
    public void forEachChecked(ByteSource.Consumer consumer) throws IOException {
        forEach(consumer);
    }

    private void inflate(InputStream in, byte[] target, int length) throws IOException {
        if (inflateSome(in, target, length) < length) {
            throw damaged(ProblemKind.SIZE, "the member inflates to fewer bytes than its header states", null);
        }
    }

    /** Inflates at most {@code length} bytes; fewer at the end. */
    private int inflateSome(InputStream in, byte[] target, int length) throws IOException {
        try {
            return in.readNBytes(target, 0, length);
        } catch (ZipException | EOFException e) {
            throw damaged(ProblemKind.ENTRY, "the compressed bytes cannot be inflated: " + e.getMessage(), e);
        }
    }

    private DataLossException damaged(ProblemKind kind, String problem, @Nullable Exception cause) {
        return new DataLossException(kind, problem, place, cause);
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, size());
        return size() <= SMALL
                ? inMemory().slice((int) offset, length).order(order)
                : onDisk().read(offset, length).order(order);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), size());
        if (size() <= SMALL) {
            target.put(inMemory().slice((int) offset, target.remaining()));
        } else {
            onDisk().readInto(offset, target);
        }
    }

    private synchronized ByteBuffer inMemory() throws IOException {
        ByteBuffer known = memory == null ? null : memory.get();
        if (known == null) {
            ByteBuffer bytes = ByteBuffer.allocate((int) size());
            forEach(bytes::put);
            known = bytes.flip();
            memory = new SoftReference<>(known);
        }
        return known;
    }

    private synchronized ByteSource onDisk() throws IOException {
        if (onDisk == null) {
            onDisk = temporary.create(member.name(), this::forEach);
        }
        return onDisk;
    }
}
