package org.tfckpt.examples.server;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The current model of a path, which may be the directory to which a training saves. Thread-safe. */
final class Models implements Closeable {
    private final Path path;
    private final String table;
    private volatile Model current;

    Models(Path path, String table) throws IOException {
        this.path = path;
        this.table = table;
        this.current = Model.open(path, table);
    }

    /** Returns the current model. The caller has to release it. */
    Model acquire() {
        while (true) {
            Model model = current;
            if (model.acquire()) {
                return model;
            }
            // It was replaced after it had been read from the field.
        }
    }

    /**
     * Opens the latest checkpoint if it is not the current one. Requests use the current one until the new one has been opened
     * and checked; the old one is closed after the last request that uses it.
     *
     * @return whether there was a new one
     * @throws IOException if it cannot be read; the current one remains
     */
    synchronized boolean reload() throws IOException {
        Model old = current;
        if (Model.Version.at(path).equals(old.version())) {
            return false;
        }
        current = Model.open(path, table);
        old.release();
        return true;
    }

    /** Closes the current model. There must be no requests afterwards. */
    @Override
    public void close() throws IOException {
        current.release();
    }
}
