package org.tfckpt.format.v1;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.TensorReader;
import org.tfckpt.format.TensorScan;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.io.Closeables;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * A V1 checkpoint: one file, or the files of a sharded checkpoint. Opening reads the list of tensors, which is one
 * record in each file; values are read on demand.
 *
 * <p>Values have no checksum of their own. The checksum of the block that holds them is compared whenever it is read.
 */
public final class V1Checkpoint implements FormatReader {
    private static final Pattern SHARD = Pattern.compile("(.*)-[0-9]{5}-of-([0-9]{5})", Pattern.DOTALL);

    private final String pattern;
    private final List<Path> paths;
    private final List<V1File> files;
    private final Map<String, V1Tensor> tensors;
    private final List<TensorInfo> sorted;
    private volatile boolean closed;

    private V1Checkpoint(String pattern, List<Path> paths, List<V1File> files, Map<String, V1Tensor> tensors) {
        this.pattern = pattern;
        this.paths = List.copyOf(paths);
        this.files = files;
        this.tensors = tensors;
        this.sorted = tensors.values().stream()
                .map(V1Tensor::info)
                .sorted((a, b) -> TensorNames.ORDER.compare(a.name(), b.name()))
                .toList();
    }

    /**
     * Opens a checkpoint of at least one file, which the caller closes. Messages have the pattern that matches the
     * files. Throws if a file is not a V1 checkpoint, or the lists of tensors contradict each other.
     */
    public static V1Checkpoint open(String pattern, List<Path> paths, boolean mapped) throws IOException {
        List<V1File> files = new ArrayList<>();
        try {
            V1Tensors tensors = new V1Tensors();
            for (Path path : paths) {
                int number = files.size();
                files.add(V1File.open(path, mapped, meta -> tensors.add(meta, number, path.toString())));
            }
            String hint = paths.size() == 1 ? otherShards(paths.get(0)) : null;
            return new V1Checkpoint(pattern, paths, List.copyOf(files), tensors.build(List.copyOf(files), hint));
        } catch (IOException | RuntimeException e) {
            Closeables.closeAll(files);
            throw e;
        }
    }

    /**
     * Throws an exception with TensorFlow's text if a file is not a table, as TensorFlow does before it reads the file
     * as a V1 checkpoint.
     */
    public static void requireTable(Path path) throws IOException {
        V1File.openTable(path, false).close();
    }

    /** Returns TensorFlow's text for a file that cannot be opened as a table. */
    public static String unableToOpen(Path path, String problem) {
        return V1File.unableToOpen(path, "DATA_LOSS: " + problem);
    }

    /** Returns whether a file is a V1 checkpoint: a table, not damaged, whose first record is a list of slices. */
    public static boolean isV1(Path path) throws IOException {
        return V1File.hasMeta(path);
    }

    private static @Nullable String otherShards(Path path) {
        Path name = path.getFileName();
        Matcher shard = SHARD.matcher(name == null ? "" : name.toString());
        return shard.matches() && Integer.parseInt(shard.group(2)) > 1
                ? "this is one file of the sharded checkpoint '" + shard.group(1) + "-?????-of-" + shard.group(2)
                        + "'; open that for all of it"
                : null;
    }

    @Override
    public String format() {
        return "V1";
    }

    @Override
    public ByteOrder byteOrder() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public int dataFileCount() {
        return files.size();
    }

    @Override
    public Path dataFile(int number) {
        return paths.get(number);
    }

    @Override
    public TensorScan scan() {
        requireOpen();
        Iterator<TensorInfo> all = sorted.iterator();
        return () -> all.hasNext() ? all.next() : null;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the checkpoint '" + pattern + "' is closed");
        }
    }

    @Override
    public @Nullable TensorInfo find(String name) {
        requireOpen();
        V1Tensor tensor = tensors.get(name);
        return tensor == null ? null : tensor.info();
    }

    @Override
    public TensorReader open(TensorInfo info) {
        V1Tensor tensor = tensors.get(info.name());
        if (tensor == null) {
            throw new IllegalArgumentException("checkpoint '" + pattern + "' does not contain tensor " + info);
        }
        return new SliceAssembly(info, byteOrder(), tensor);
    }

    @Override
    public String tensorFlowNotFound(String name) {
        return "Tensor name \"" + name + "\" not found in checkpoint files " + pattern;
    }

    @Override
    public Totals verify(VerificationListener listener, OrderedWork work) throws IOException {
        requireOpen();
        return new V1Verification(files, tensors, listener, work).run();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        Closeables.closeAll(files);
    }
}
