package org.tfckpt.format.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.format.Versions;
import org.tfckpt.format.WireReader;
import org.tfckpt.io.MalformedBytesException;

/**
 * The record under the empty key, a BundleHeaderProto.
 *
 * <pre>
 * 1 num_shards int32 | 2 endianness enum: LITTLE 0, BIG 1 | 3 version
 * </pre>
 *
 * @param shardCount the number of data files, as in their names
 * @param endianness the number of the enum
 * @param versions who wrote it, and who may read it
 */
record BundleHeader(int shardCount, int endianness, Versions versions) {
    static final int BIG_ENDIAN = 1;

    private static final int NUM_SHARDS = 1 << 3 | WireReader.VARINT;
    private static final int ENDIANNESS = 2 << 3 | WireReader.VARINT;
    private static final int VERSION = 3 << 3 | WireReader.BYTES;

    static BundleHeader decode(ByteBuffer message) throws MalformedBytesException {
        int shards = 0;
        int endianness = 0;
        Versions versions = Versions.NONE;
        WireReader in = new WireReader(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            switch (tag) {
                case NUM_SHARDS -> shards = (int) in.varint();
                case ENDIANNESS -> endianness = (int) in.varint();
                case VERSION -> versions = Versions.read(in.message());
                default -> in.skip();
            }
        }
        return new BundleHeader(shards, endianness, versions);
    }

    ByteOrder byteOrder() {
        return endianness == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }
}
