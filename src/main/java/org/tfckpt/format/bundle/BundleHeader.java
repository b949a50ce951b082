package org.tfckpt.format.bundle;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * The record under the empty key, a BundleHeaderProto.
 *
 * <pre>
 * 1 num_shards int32 | 2 endianness enum: LITTLE 0, BIG 1 | 3 version { 1 producer, 2 min_consumer, 3 bad_consumers }
 * </pre>
 *
 * @param shardCount the number of data files, as in their names
 * @param endianness the number of the enum
 * @param producer the version that wrote it, 0 before there were versions
 * @param minConsumer the least version that may read it
 * @param badConsumers versions that must not
 */
record BundleHeader(int shardCount, int endianness, int producer, int minConsumer, List<Integer> badConsumers) {
    static final int BIG_ENDIAN = 1;
    private static final int CURRENT_VERSION = 1;
    private static final int MIN_PRODUCER = 0;
    private static final String READER = "TensorFlow 2.18.0, whose rules tfckpt follows";

    private static final int NUM_SHARDS = 1 << 3;
    private static final int ENDIANNESS = 2 << 3;
    private static final int VERSION = 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int PRODUCER = 1 << 3;
    private static final int MIN_CONSUMER = 2 << 3;
    private static final int BAD_CONSUMER = 3 << 3;
    private static final int BAD_CONSUMERS = 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

    static BundleHeader decode(byte[] record) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(record);
        int shards = 0;
        int endianness = 0;
        int[] versions = new int[2];
        List<Integer> bad = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case NUM_SHARDS -> shards = in.readInt32();
                case ENDIANNESS -> endianness = in.readEnum();
                case VERSION -> {
                    int outer = in.pushLimit(in.readRawVarint32());
                    version(in, versions, bad);
                    in.popLimit(outer);
                }
                default -> in.skipField(tag);
            }
        }
        return new BundleHeader(shards, endianness, versions[0], versions[1], List.copyOf(bad));
    }

    private static void version(CodedInputStream in, int[] versions, List<Integer> bad) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag) {
                case PRODUCER -> versions[0] = in.readInt32();
                case MIN_CONSUMER -> versions[1] = in.readInt32();
                case BAD_CONSUMER -> bad.add(in.readInt32());
                case BAD_CONSUMERS -> {
                    int outer = in.pushLimit(in.readRawVarint32());
                    while (in.getBytesUntilLimit() > 0) {
                        bad.add(in.readInt32());
                    }
                    in.popLimit(outer);
                }
                default -> in.skipField(tag);
            }
        }
    }

    ByteOrder byteOrder() {
        return endianness == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** TensorFlow's checks of the version, in its order and its words. */
    void checkVersion(String file) throws UnsupportedFormatException {
        if (producer < MIN_PRODUCER) {
            throw refuse(
                    file,
                    "Checkpoint producer version " + producer + " below min producer " + MIN_PRODUCER + " supported by "
                            + READER + ".  Please regenerate your checkpoint.");
        }
        if (minConsumer > CURRENT_VERSION) {
            throw refuse(
                    file,
                    "Checkpoint min consumer version " + minConsumer + " above current version " + CURRENT_VERSION
                            + " for " + READER + ".  Please upgrade TensorFlow.");
        }
        if (badConsumers.contains(CURRENT_VERSION)) {
            throw refuse(
                    file,
                    "Checkpoint disallows consumer version " + CURRENT_VERSION
                            + ".  Please upgrade TensorFlow: this version is likely buggy.");
        }
    }

    private static UnsupportedFormatException refuse(String file, String problem) {
        return new UnsupportedFormatException(problem, ErrorContext.at(file, -1));
    }
}
