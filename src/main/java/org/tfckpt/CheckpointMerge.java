package org.tfckpt;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.tfckpt.format.bundle.BundleMerge;
import org.tfckpt.format.bundle.BundlePrefix;

/**
 * Merges several V2 checkpoints into one without reading their values: their data files become its data files, as at
 * the end of a sharded save (TensorFlow's operation MergeV2Checkpoints).
 *
 * <pre>{@code
 * new CheckpointMerge(List.of(Path.of("m_temp/part-0"), Path.of("m_temp/part-1"))).into(Path.of("m"));
 * }</pre>
 *
 * <p>The inputs are deleted once the merged checkpoint is complete, and stay intact until then. Data files that cannot
 * be linked are copied. The guarantees of {@link CheckpointWriter} apply. Immutable.
 */
public final class CheckpointMerge {
    private final List<Path> inputs;
    private final Set<BundleMerge.Option> options;

    private CheckpointMerge(List<Path> inputs, Set<BundleMerge.Option> options) {
        this.inputs = inputs;
        this.options = options;
    }

    /**
     * Creates a merge that requires all inputs, deletes directories that become empty, and does not overwrite.
     *
     * @param inputs the prefixes of the checkpoints; data files are numbered in their order
     */
    public CheckpointMerge(List<Path> inputs) {
        this(List.copyOf(inputs), Set.of());
    }

    /** {@return a merge that ignores missing inputs, as long as one exists} */
    public CheckpointMerge allowingMissing() {
        return with(BundleMerge.Option.ALLOW_MISSING);
    }

    /** {@return a merge that keeps the directories of the inputs} */
    public CheckpointMerge keepingDirectories() {
        return with(BundleMerge.Option.KEEP_DIRECTORIES);
    }

    /** {@return a merge that replaces an existing checkpoint at the destination, which may be one of the inputs} */
    public CheckpointMerge overwriting() {
        return with(BundleMerge.Option.OVERWRITE);
    }

    private CheckpointMerge with(BundleMerge.Option option) {
        Set<BundleMerge.Option> more = EnumSet.of(option);
        more.addAll(options);
        return new CheckpointMerge(inputs, more);
    }

    /**
     * Merges the checkpoints.
     *
     * @param destination the prefix of the merged checkpoint
     * @throws java.nio.file.FileAlreadyExistsException if a checkpoint, or a data file of one, exists there
     * @throws org.tfckpt.tensor.CheckpointException if the inputs cannot be merged; nothing is changed then
     * @throws IllegalArgumentException if {@code destination} is the name of a checkpoint's file
     * @throws IOException if an input cannot be read, or the merged checkpoint cannot be written
     */
    public void into(Path destination) throws IOException {
        BundleMerge.run(
                inputs.stream().map(BundlePrefix::of).toList(), CheckpointWriter.prefixOf(destination), options);
    }
}
