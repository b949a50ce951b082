package org.tfckpt.cli;

import java.util.Locale;

/** Reports on standard error how fast the values of a remote checkpoint were read. */
final class RemoteRate {
    private RemoteRate() {}

    static void report(String checkpoint, long bytes, long nanos, Console console) {
        if (RemoteFiles.isUrl(checkpoint)) {
            console.message("'" + checkpoint + "': " + text(bytes, nanos));
        }
    }

    static String text(long bytes, long nanos) {
        double megabytes = bytes / 1e6;
        double seconds = Math.max(1, nanos) / 1e9;
        return String.format(
                Locale.ROOT, "read %,.1f MB in %,.2f s, %,.1f MB/s", megabytes, seconds, megabytes / seconds);
    }
}
