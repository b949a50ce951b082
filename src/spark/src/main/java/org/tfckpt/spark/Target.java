package org.tfckpt.spark;

import java.io.Serializable;

/**
 * A checkpoint of an archive.
 *
 * @param location the root of its file system
 * @param name its name below the root, as {@code Checkpoint.open} accepts it
 * @param file a file that belongs to it, by which it is known to exist
 * @param bytes the size of its files
 * @param indexBytes how many of them have to be read to list its tensors
 * @param modified the time of the last modification of its files, in milliseconds
 * @param interrupted why it is not a checkpoint, if its save was interrupted; otherwise empty
 */
record Target(String location, String name, String file, long bytes, long indexBytes, long modified, String interrupted)
        implements Serializable {
    /** Returns the URI of the checkpoint. */
    String uri() {
        return location + name;
    }
}
