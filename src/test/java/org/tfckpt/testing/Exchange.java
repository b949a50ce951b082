package org.tfckpt.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Exchanges tensors with TensorFlow's process in a simple file format that needs no classes of either side. */
public final class Exchange {
    private Exchange() {}

    /**
     * One input of SaveV2, or input and output of RestoreV2.
     *
     * @param name the bytes of the name
     * @param spec the shape and slice, or empty for a whole tensor
     * @param dtype the number of the dtype
     * @param shape the shape of this value
     * @param values one array of all bytes, little-endian; for strings one array each; empty in a request
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Item(byte[] name, String spec, int dtype, long[] shape, List<byte[]> values) {}

    public static void write(Path file, List<Item> items) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(items.size());
            for (Item item : items) {
                bytes(out, item.name);
                out.writeUTF(item.spec);
                out.writeInt(item.dtype);
                out.writeInt(item.shape.length);
                for (long dimension : item.shape) {
                    out.writeLong(dimension);
                }
                out.writeInt(item.values.size());
                for (byte[] value : item.values) {
                    bytes(out, value);
                }
            }
        }
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    public static List<Item> read(Path file) throws IOException {
        List<Item> items = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                byte[] name = bytes(in);
                String spec = in.readUTF();
                int dtype = in.readInt();
                long[] shape = new long[in.readInt()];
                for (int axis = 0; axis < shape.length; axis++) {
                    shape[axis] = in.readLong();
                }
                int values = in.readInt();
                List<byte[]> list = new ArrayList<>();
                for (int v = 0; v < values; v++) {
                    list.add(bytes(in));
                }
                items.add(new Item(name, spec, dtype, shape, list));
            }
        }
        return items;
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }
}
