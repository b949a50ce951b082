package org.tfckpt.cli;

import picocli.CommandLine.Option;

/** The options {@code --ema} and {@code --partial}. */
final class MovingAverageOptions {
    static final String EMA =
            "Replace the value of each variable X by its moving average X/ExponentialMovingAverage (in a"
                    + " TF2 checkpoint: the slot 'average', or the average of a Keras optimizer with use_ema), if it"
                    + " has one, and drop the averages.";
    static final String PARTIAL = "With --ema: drop averages without a variable, or of another dtype or shape.";

    @Option(names = "--ema", description = EMA)
    private boolean chosen;

    @Option(names = "--partial", description = PARTIAL)
    private boolean partial;

    MovingAverageOptions() {}

    boolean chosen() {
        if (partial && !chosen) {
            throw new IllegalArgumentException("--partial needs --ema");
        }
        return chosen;
    }

    boolean partial() {
        return partial;
    }
}
