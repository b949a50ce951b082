package org.tfckpt;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tfckpt.format.bundle.BundleMerge;
import org.tfckpt.format.bundle.BundlePrefix;

/**
 * Makes one V2 checkpoint of several without reading their values: their data files become its data files, as at the end
 * of a sharded save of TensorFlow (the operation MergeV2Checkpoints).
 *
 * <pre>{@code
 * new CheckpointMerge(List.of(Path.of("m_temp/part-0"), Path.of("m_temp/part-1"))).into(Path.of("m"));
 * }</pre>
 *
 * <p>The inputs are taken away when the merged checkpoint is there, and are whole until then; where files cannot be
 * linked, the data is copied. What {@link CheckpointWriter} guarantees holds here too.
 */
public final class CheckpointMerge {
    private final List<Path> inputs;
    private final BundleMerge.Options options;

    private CheckpointMerge(List<Path> inputs, BundleMerge.Options options) {
        this.inputs = inputs;
        this.options = options;
    }

    /**
     * A merge in which every input must be there, directories that are empty after it are deleted, and nothing is
     * overwritten.
     *
     * @param inputs the prefixes of the checkpoints; data files are numbered in their order
     */
    public CheckpointMerge(List<Path> inputs) {
        this(List.copyOf(inputs), new BundleMerge.Options(false, true, false));
    }

    /**
     * The same, passing over inputs that are not there, as long as there is one.
     *
     * @return another merge
     */
    public CheckpointMerge allowingMissing() {
        return new CheckpointMerge(
                inputs, new BundleMerge.Options(true, options.deleteDirectories(), options.overwrite()));
    }

    /**
     * The same, leaving the directories of the inputs.
     *
     * @return another merge
     */
    public CheckpointMerge keepingDirectories() {
        return new CheckpointMerge(inputs, new BundleMerge.Options(options.allowMissing(), false, options.overwrite()));
    }

    /**
     * The same, replacing a checkpoint that is at the destination; it may be one of the inputs.
     *
     * @return another merge
     */
    public CheckpointMerge overwriting() {
        return new CheckpointMerge(
                inputs, new BundleMerge.Options(options.allowMissing(), options.deleteDirectories(), true));
    }

    /**
     * Merges.
     *
     * @param destination the prefix of the merged checkpoint
     * @throws java.nio.file.FileAlreadyExistsException if there is a checkpoint, or a data file of one
     * @throws org.tfckpt.tensor.CheckpointException if the inputs do not go together, in TensorFlow's words; then
     *     nothing has changed
     * @throws IOException if they cannot be read, or the merged one cannot be written
     */
    public void into(Path destination) throws IOException {
        BundleMerge.run(
                inputs.stream().map(BundlePrefix::of).toList(), CheckpointWriter.prefixOf(destination), options);
    }
}
