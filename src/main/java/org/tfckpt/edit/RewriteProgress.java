package org.tfckpt.edit;

/** Watches the bytes go. */
@FunctionalInterface
public interface RewriteProgress {
    /** Watches nothing. */
    RewriteProgress NONE = (done, total) -> {};

    /**
     * Told again and again, from the thread that works.
     *
     * @param done bytes written or copied by now
     * @param total bytes to be written or copied; an estimate where strings come from a V1 checkpoint
     */
    void at(long done, long total);
}
