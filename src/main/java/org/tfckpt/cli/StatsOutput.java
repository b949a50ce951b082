package org.tfckpt.cli;

import java.io.IOException;

/** Receives the rows of {@code stats}. */
@FunctionalInterface
interface StatsOutput {
    void add(StatsRow row) throws IOException;

    /** Writes what follows the rows. */
    default void finish() throws IOException {}
}
