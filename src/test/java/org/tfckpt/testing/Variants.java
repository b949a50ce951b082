package org.tfckpt.testing;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;
import org.tfckpt.proto.VariantTensorDataProto;
import org.tfckpt.tensor.DataType;

/** Builds stored tensors of variants. */
public final class Variants {
    private Variants() {}

    /** Returns the stored bytes: length, message and running checksum of each element. */
    public static byte[] stored(byte[]... messages) {
        CRC32C crc = new CRC32C();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            ByteBuffer length = ByteBuffer.allocate(Varint.MAX_LENGTH_64);
            Varint.write64(length, message.length);
            out.write(length.array(), 0, length.position());
            out.writeBytes(message);
            crc.update(little(Long.BYTES).putLong(message.length).flip());
            crc.update(message);
            byte[] masked = little(Integer.BYTES)
                    .putInt(MaskedCrc32c.mask((int) crc.getValue()))
                    .array();
            out.writeBytes(masked);
            crc.update(masked);
        }
        return out.toByteArray();
    }

    /** Returns the checksum of the entry. */
    public static int entryChecksum(byte[]... messages) {
        CRC32C crc = new CRC32C();
        byte[] stored = stored(messages);
        int at = 0;
        for (byte[] message : messages) {
            crc.update(little(Long.BYTES).putLong(message.length).flip());
            at += stored.length == 0 ? 0 : varintLength(message.length);
            crc.update(stored, at, message.length + Integer.BYTES);
            at += message.length + Integer.BYTES;
        }
        return MaskedCrc32c.mask((int) crc.getValue());
    }

    private static int varintLength(int number) {
        ByteBuffer length = ByteBuffer.allocate(Varint.MAX_LENGTH_64);
        Varint.write64(length, number);
        return length.position();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Adds a tensor of variants. */
    public static BundleBuilder add(BundleBuilder bundle, String name, long[] shape, byte[]... messages) {
        return bundle.tensor(name, DataType.DT_VARIANT, shape, stored(messages))
                .entry(name, e -> e.setCrc32C(entryChecksum(messages)));
    }

    public static VariantTensorDataProto.Builder variant(String type, String metadata) {
        return VariantTensorDataProto.newBuilder()
                .setTypeName(ByteString.copyFromUtf8(type))
                .setMetadata(ByteString.copyFromUtf8(metadata));
    }
}
