package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;

/** Closes several things. */
public final class Closeables {
    private Closeables() {}

    /** Closes all, also those after one that cannot be closed. Throws the last exception, if there was one. */
    public static void closeAll(Iterable<? extends Closeable> all) throws IOException {
        IOException failure = null;
        for (Closeable each : all) {
            try {
                each.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
