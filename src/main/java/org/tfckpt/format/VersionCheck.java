package org.tfckpt.format;

import org.tfckpt.proto.VersionDef;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** TensorFlow's rules for the versions of a checkpoint, which are the same in V1 and V2. */
public final class VersionCheck {
    private static final int CURRENT = 1;
    private static final int MIN_PRODUCER = 0;
    private static final String READER = "TensorFlow 2.18.0, whose rules tfckpt follows";

    private VersionCheck() {}

    /** Checks the versions of a checkpoint in TensorFlow's order and words; throws if it does not allow this reader. */
    public static void check(VersionDef versions, String file) throws UnsupportedFormatException {
        int producer = versions.getProducer();
        int minConsumer = versions.getMinConsumer();
        if (producer < MIN_PRODUCER) {
            throw rejection(
                    file,
                    "Checkpoint producer version " + producer + " below min producer " + MIN_PRODUCER + " supported by "
                            + READER + ".  Please regenerate your checkpoint.");
        }
        if (minConsumer > CURRENT) {
            throw rejection(
                    file,
                    "Checkpoint min consumer version " + minConsumer + " above current version " + CURRENT + " for "
                            + READER + ".  Please upgrade TensorFlow.");
        }
        if (versions.getBadConsumersList().contains(CURRENT)) {
            throw rejection(
                    file,
                    "Checkpoint disallows consumer version " + CURRENT
                            + ".  Please upgrade TensorFlow: this version is likely buggy.");
        }
    }

    private static UnsupportedFormatException rejection(String file, String problem) {
        return new UnsupportedFormatException(problem, ErrorContext.at(file, -1));
    }
}
