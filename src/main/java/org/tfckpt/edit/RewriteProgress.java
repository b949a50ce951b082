package org.tfckpt.edit;

/** Listens to the progress of a rewrite. */
@FunctionalInterface
public interface RewriteProgress {
    /** Ignores progress. */
    RewriteProgress NONE = (done, total) -> {};

    /**
     * Called after each write, on the thread that runs the rewrite.
     *
     * @param done the number of bytes written or copied so far
     * @param total the number of bytes to be written or copied; an estimate if strings come from a V1 checkpoint
     */
    void onProgress(long done, long total);
}
