package org.tfckpt.format;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.Varint;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Who wrote a checkpoint and who may read it, a VersionDef; both formats have the same rules.
 *
 * <pre>
 * 1 producer int32 | 2 min_consumer int32 | 3 bad_consumers repeated int32
 * </pre>
 *
 * @param producer the version that wrote it, 0 before there were versions
 * @param minConsumer the least version that may read it
 * @param badConsumers versions that must not
 */
public record Versions(int producer, int minConsumer, List<Integer> badConsumers) {
    /** A file from before there were versions. */
    public static final Versions NONE = new Versions(0, 0, List.of());

    private static final int CURRENT = 1;
    private static final int MIN_PRODUCER = 0;
    private static final String READER = "TensorFlow 2.18.0, whose rules tfckpt follows";

    private static final int PRODUCER = 1 << 3 | WireReader.VARINT;
    private static final int MIN_CONSUMER = 2 << 3 | WireReader.VARINT;
    private static final int BAD_CONSUMER = 3 << 3 | WireReader.VARINT;
    private static final int BAD_CONSUMERS = 3 << 3 | WireReader.BYTES;

    /**
     * The same with a list that nobody else can change.
     *
     * @param producer the version that wrote it
     * @param minConsumer the least version that may read it
     * @param badConsumers versions that must not
     */
    public Versions {
        badConsumers = List.copyOf(badConsumers);
    }

    /**
     * Reads versions.
     *
     * @param in at the message's beginning
     * @return the versions
     * @throws MalformedBytesException if it is no such message
     */
    public static Versions read(WireReader in) throws MalformedBytesException {
        int producer = 0;
        int minConsumer = 0;
        List<Integer> bad = new ArrayList<>();
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            switch (tag) {
                case PRODUCER -> producer = (int) in.varint();
                case MIN_CONSUMER -> minConsumer = (int) in.varint();
                case BAD_CONSUMER -> bad.add((int) in.varint());
                case BAD_CONSUMERS -> {
                    for (ByteBuffer packed = in.bytes(); packed.hasRemaining(); ) {
                        bad.add((int) Varint.read64(packed));
                    }
                }
                default -> in.skip();
            }
        }
        return new Versions(producer, minConsumer, bad);
    }

    /**
     * TensorFlow's checks, in its order and its words.
     *
     * @param file for the message
     * @throws UnsupportedFormatException if this version is not read
     */
    public void check(String file) throws UnsupportedFormatException {
        if (producer < MIN_PRODUCER) {
            throw refuse(
                    file,
                    "Checkpoint producer version " + producer + " below min producer " + MIN_PRODUCER + " supported by "
                            + READER + ".  Please regenerate your checkpoint.");
        }
        if (minConsumer > CURRENT) {
            throw refuse(
                    file,
                    "Checkpoint min consumer version " + minConsumer + " above current version " + CURRENT + " for "
                            + READER + ".  Please upgrade TensorFlow.");
        }
        if (badConsumers.contains(CURRENT)) {
            throw refuse(
                    file,
                    "Checkpoint disallows consumer version " + CURRENT
                            + ".  Please upgrade TensorFlow: this version is likely buggy.");
        }
    }

    private static UnsupportedFormatException refuse(String file, String problem) {
        return new UnsupportedFormatException(problem, ErrorContext.at(file, -1));
    }
}
