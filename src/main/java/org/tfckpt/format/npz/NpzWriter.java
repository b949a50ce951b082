package org.tfckpt.format.npz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.zip.CRC32;
import org.tfckpt.format.Destination;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.format.NewTensor;
import org.tfckpt.format.NewValues;
import org.tfckpt.io.NewFile;

/** Writes archives of arrays exactly as {@code numpy.savez} does, which uses Python's {@code zipfile}. */
public final class NpzWriter implements FormatWriter {
    private static final int LOCAL_LENGTH = 30;
    private static final int EXTRA_LENGTH = 20;
    private static final int CENTRAL_LENGTH = 46;
    /** 1980-01-01 00:00:00. */
    private static final int TIME = 0x210000;

    private static final short VERSION = 45;
    /** The system of the writer: Unix. */
    private static final short UNIX = 3 << Byte.SIZE;

    private static final int READ_WRITE = 0600 << 16;
    private static final short UTF8 = 0x800;
    /** Beyond these numbers, Python's {@code zipfile} writes 64-bit fields in the directory. */
    private static final long MAX_32 = (1L << 31) - 1;

    private static final int MAX_COUNT = 0xffff;

    private record Member(String fileName, int crc, long size, long header) {
        byte[] name() {
            return fileName.getBytes(StandardCharsets.UTF_8);
        }

        short flags() {
            return name().length == fileName.length() ? 0 : UTF8;
        }
    }

    /** Creates a writer. */
    public NpzWriter() {}

    @Override
    public String format() {
        return Npz.NPZ;
    }

    @Override
    public Fit fit(NewTensor tensor) throws IOException {
        return NpyFormat.fit(tensor);
    }

    @Override
    public long size(NewTensor tensor) throws IOException {
        return NpyFormat.size(tensor);
    }

    @Override
    public void write(Path target, boolean overwrite, List<NewTensor> tensors, LongConsumer progress)
            throws IOException {
        Destination.write(target, overwrite, progress, file -> {
            List<Member> members = new ArrayList<>();
            for (NewTensor tensor : tensors) {
                members.add(write(tensor, file));
            }
            directory(members, file);
        });
    }

    private static Member write(NewTensor tensor, NewFile file) throws IOException {
        String name = tensor.name() + ".npy";
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length > 0xffff) {
            throw new IllegalArgumentException(
                    "the name of a tensor has more than 65,531 bytes: a zip archive cannot" + " hold it");
        }
        long header = file.position();
        // The checksum and the sizes are written once they are known.
        file.write(ByteBuffer.allocate(LOCAL_LENGTH + length + EXTRA_LENGTH));
        long start = file.position();
        CRC32 crc = new CRC32();
        NpyFormat.write(tensor, new NewValues(file, crc));
        Member member = new Member(name, (int) crc.getValue(), file.position() - start, header);
        file.patch(header, local(member));
        return member;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer local(Member member) {
        return buffer(LOCAL_LENGTH + member.name().length + EXTRA_LENGTH)
                .putInt(0x04034b50)
                .putShort(VERSION)
                .putShort(member.flags())
                .putShort((short) 0)
                .putInt(TIME)
                .putInt(member.crc)
                .putInt(-1)
                .putInt(-1)
                .putShort((short) member.name().length)
                .putShort((short) EXTRA_LENGTH)
                .put(member.name())
                .putShort((short) 1)
                .putShort((short) (2 * Long.BYTES))
                .putLong(member.size)
                .putLong(member.size)
                .flip();
    }

    private static void directory(List<Member> members, NewFile file) throws IOException {
        long start = file.position();
        for (Member member : members) {
            file.write(central(member));
        }
        long size = file.position() - start;
        int count = members.size();
        if (count > MAX_COUNT || start > MAX_32 || size > MAX_32) {
            long end = file.position();
            file.write(buffer(56 + 20)
                    .putInt(0x06064b50)
                    .putLong(44)
                    .putShort(VERSION)
                    .putShort(VERSION)
                    .putInt(0)
                    .putInt(0)
                    .putLong(count)
                    .putLong(count)
                    .putLong(size)
                    .putLong(start)
                    .putInt(0x07064b50)
                    .putInt(0)
                    .putLong(end)
                    .putInt(1)
                    .flip());
        }
        short shortCount = (short) Math.min(count, MAX_COUNT);
        file.write(buffer(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort(shortCount)
                .putShort(shortCount)
                .putInt((int) Math.min(size, 0xffffffffL))
                .putInt((int) Math.min(start, 0xffffffffL))
                .putShort((short) 0)
                .flip());
    }

    private static ByteBuffer central(Member member) {
        boolean large = member.size > MAX_32;
        boolean far = member.header > MAX_32;
        int fields = (large ? 2 : 0) + (far ? 1 : 0);
        int extra = fields == 0 ? 0 : 4 + fields * Long.BYTES;
        ByteBuffer entry = buffer(CENTRAL_LENGTH + member.name().length + extra)
                .putInt(0x02014b50)
                .putShort((short) (UNIX | VERSION))
                .putShort(VERSION)
                .putShort(member.flags())
                .putShort((short) 0)
                .putInt(TIME)
                .putInt(member.crc)
                .putInt(large ? -1 : (int) member.size)
                .putInt(large ? -1 : (int) member.size)
                .putShort((short) member.name().length)
                .putShort((short) extra)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(READ_WRITE)
                .putInt(far ? -1 : (int) member.header)
                .put(member.name());
        if (fields > 0) {
            entry.putShort((short) 1).putShort((short) (fields * Long.BYTES));
        }
        if (large) {
            entry.putLong(member.size).putLong(member.size);
        }
        if (far) {
            entry.putLong(member.header);
        }
        return entry.flip();
    }
}
