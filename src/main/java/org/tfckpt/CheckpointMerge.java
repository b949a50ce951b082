package org.tfckpt;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
    private final Set<BundleMerge.Option> options;

    private CheckpointMerge(List<Path> inputs, Set<BundleMerge.Option> options) {
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
        this(List.copyOf(inputs), Set.of());
    }

    /**
     * The same, passing over inputs that are not there, as long as there is one.
     *
     * @return another merge
     */
    public CheckpointMerge allowingMissing() {
        return with(BundleMerge.Option.ALLOW_MISSING);
    }

    /**
     * The same, leaving the directories of the inputs.
     *
     * @return another merge
     */
    public CheckpointMerge keepingDirectories() {
        return with(BundleMerge.Option.KEEP_DIRECTORIES);
    }

    /**
     * The same, replacing a checkpoint that is at the destination; it may be one of the inputs.
     *
     * @return another merge
     */
    public CheckpointMerge overwriting() {
        return with(BundleMerge.Option.OVERWRITE);
    }

    private CheckpointMerge with(BundleMerge.Option option) {
        Set<BundleMerge.Option> more = EnumSet.of(option);
        more.addAll(options);
        return new CheckpointMerge(inputs, more);
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
