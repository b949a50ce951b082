package org.tfckpt.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts a command that writes files when the process is asked to end, by Ctrl-C or SIGTERM, and lets the process
 * end only after the command has deleted its temporary files.
 */
final class Interruption {
    /** A command can be computing, or reading from a slow server, without noticing that it is interrupted. */
    private static final int MAX_SECONDS = 5;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    /** Creates an instance for the command that the calling thread runs. */
    Interruption() {
        Thread command = Thread.currentThread();
        hook = new Thread(() -> end(command));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void end(Thread command) {
        command.interrupt();
        try {
            closed.await(MAX_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets the process end. To be called after the command has deleted its temporary files. */
    void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException isEnding) {
            // The hook is running.
        }
    }
}
