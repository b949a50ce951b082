package org.tfckpt.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Builds zip archives of npy files whose records can be changed. */
public final class ZipBuilder {
    public static final int LOCAL_FLAGS = 6;
    public static final int LOCAL_METHOD = 8;
    public static final int LOCAL_CRC = 14;
    public static final int LOCAL_COMPRESSED = 18;
    public static final int LOCAL_SIZE = 22;
    public static final int LOCAL_NAME_LENGTH = 26;
    public static final int LOCAL_NAME = 30;
    public static final int FLAGS = 8;
    public static final int METHOD = 10;
    public static final int CRC = 16;
    public static final int COMPRESSED = 20;
    public static final int SIZE = 24;
    public static final int NAME_LENGTH = 28;
    public static final int EXTRA_LENGTH = 30;
    public static final int COMMENT_LENGTH = 32;
    public static final int DISK = 34;
    public static final int HEADER = 42;
    public static final int NAME = 46;
    public static final int END_DISK = 4;
    public static final int END_HERE = 8;
    public static final int END_COUNT = 10;
    public static final int END_SIZE = 12;
    public static final int END_OFFSET = 16;
    public static final int END_COMMENT = 20;

    private final List<byte[]> locals = new ArrayList<>();
    private final List<byte[]> centrals = new ArrayList<>();
    private final List<byte[]> contents = new ArrayList<>();
    private byte[] before = {};

    /** The bytes of an npy file of floats: 0, 1, 2, … */
    public static byte[] npy(String descr, String shape, byte[] data) {
        return npy(1, "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }", data);
    }

    public static byte[] npy(int version, String header, byte[] data) {
        byte[] text = header.getBytes(version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        ByteBuffer file = ByteBuffer.allocate(16 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        file.put(text).put(data).flip();
        byte[] bytes = new byte[file.limit()];
        file.get(bytes);
        return bytes;
    }

    public ZipBuilder before(int bytes) {
        before = new byte[bytes];
        return this;
    }

    public ZipBuilder stored(String name, byte[] data) {
        return add(name, data, data, 0);
    }

    public ZipBuilder deflated(String name, byte[] data) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(data);
        deflater.finish();
        byte[] compressed = new byte[data.length + 100];
        int length = deflater.deflate(compressed);
        deflater.end();
        return add(name, data, java.util.Arrays.copyOf(compressed, length), 8);
    }

    private ZipBuilder add(String name, byte[] data, byte[] stored, int method) {
        CRC32 crc = new CRC32();
        crc.update(data);
        byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        short flags = (short) (nameBytes.length == name.length() ? 0 : 0x800);
        locals.add(ByteBuffer.allocate(LOCAL_NAME + nameBytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x04034b50)
                .putShort((short) 20)
                .putShort(flags)
                .putShort((short) method)
                .putInt(0x210000)
                .putInt((int) crc.getValue())
                .putInt(stored.length)
                .putInt(data.length)
                .putShort((short) nameBytes.length)
                .putShort((short) 0)
                .put(nameBytes)
                .array());
        centrals.add(ByteBuffer.allocate(NAME + nameBytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x02014b50)
                .putShort((short) 20)
                .putShort((short) 20)
                .putShort(flags)
                .putShort((short) method)
                .putInt(0x210000)
                .putInt((int) crc.getValue())
                .putInt(stored.length)
                .putInt(data.length)
                .putShort((short) nameBytes.length)
                .putInt(0)
                .putInt(0)
                .putInt(0)
                .putShort((short) 0)
                .put(NAME, nameBytes)
                .array());
        contents.add(stored);
        return this;
    }

    /** Changes the local header of the last member. */
    public ZipBuilder local(Consumer<ByteBuffer> change) {
        change.accept(ByteBuffer.wrap(locals.get(locals.size() - 1)).order(ByteOrder.LITTLE_ENDIAN));
        return this;
    }

    /** Changes the entry of the last member in the central directory. */
    public ZipBuilder central(Consumer<ByteBuffer> change) {
        change.accept(ByteBuffer.wrap(centrals.get(centrals.size() - 1)).order(ByteOrder.LITTLE_ENDIAN));
        return this;
    }

    /** Changes the stored bytes of the last member. */
    public ZipBuilder content(Consumer<ByteBuffer> change) {
        change.accept(ByteBuffer.wrap(contents.get(contents.size() - 1)).order(ByteOrder.LITTLE_ENDIAN));
        return this;
    }

    public byte[] build() {
        return build(end -> {});
    }

    /** Returns the archive; offsets of local headers are added to what the entries hold, which is 0 unless changed. */
    public byte[] build(Consumer<ByteBuffer> change) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(before);
        for (int i = 0; i < locals.size(); i++) {
            ByteBuffer central = ByteBuffer.wrap(centrals.get(i)).order(ByteOrder.LITTLE_ENDIAN);
            central.putInt(HEADER, central.getInt(HEADER) + out.size() - before.length);
            out.writeBytes(locals.get(i));
            out.writeBytes(contents.get(i));
        }
        int directory = out.size();
        centrals.forEach(out::writeBytes);
        ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
        end.putInt(0, 0x06054b50)
                .putShort(END_HERE, (short) locals.size())
                .putShort(END_COUNT, (short) locals.size())
                .putInt(END_SIZE, out.size() - directory)
                .putInt(END_OFFSET, directory - before.length);
        change.accept(end);
        out.writeBytes(end.array());
        return out.toByteArray();
    }
}
