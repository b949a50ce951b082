package org.tfckpt.format.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.tfckpt.format.Destination;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.format.NewTensor;
import org.tfckpt.format.NewValues;
import org.tfckpt.io.SequentialFile;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorNames;

/** Writes safetensors files byte for byte as the reference implementation does, or sets of them. */
public final class SafetensorsWriter implements FormatWriter {
    private static final Comparator<NewTensor> ORDER = Comparator.comparing(
                    (NewTensor tensor) -> typeOf(tensor), Comparator.reverseOrder())
            .thenComparing(NewTensor::name, TensorNames.ORDER);

    private final Options options;

    /**
     * How files are written.
     *
     * @param metadata the metadata of every file, not written if it is empty
     * @param shards the number of files, or 0 if {@code maxShardBytes} determines it
     * @param maxShardBytes the maximum number of bytes of values per file, unless a single tensor is larger
     */
    public record Options(Map<String, String> metadata, int shards, long maxShardBytes) {
        /** Sorts the metadata. */
        public Options {
            metadata = new TreeMap<>(metadata);
        }
    }

    public SafetensorsWriter(Options options) {
        this.options = options;
    }

    @Override
    public String format() {
        return Safetensors.FORMAT;
    }

    private static SafetensorsType typeOf(NewTensor tensor) {
        SafetensorsType type = SafetensorsType.ofDtype(FormatWriter.storedInteger(tensor.dtype()));
        if (type == null) {
            throw new IllegalArgumentException("safetensors cannot hold " + tensor);
        }
        return type;
    }

    @Override
    public Fit fit(NewTensor tensor) {
        DataType stored = FormatWriter.storedInteger(tensor.dtype());
        if (!TensorNames.isUtf8(tensor.name()) || SafetensorsType.ofDtype(stored) == null) {
            return Fit.NONE;
        }
        return stored == tensor.dtype() ? Fit.EXACT : Fit.AS_INTEGERS;
    }

    @Override
    public long size(NewTensor tensor) {
        return tensor.shape().elements() * tensor.dtype().width();
    }

    @Override
    public void write(Path target, boolean overwrite, List<NewTensor> tensors, LongConsumer progress)
            throws IOException {
        List<List<NewTensor>> files = options.shards > 0
                ? Split.byCount(tensors, options.shards)
                : Split.bySize(tensors, options.maxShardBytes);
        List<byte[]> headers = new ArrayList<>();
        for (List<NewTensor> file : files) {
            headers.add(header(file));
        }
        FileSet set = new FileSet(target, files.size(), overwrite);
        set.requireFree();
        Destination.createDirectory(Destination.directory(target), target.toString());
        try (set) {
            SortedMap<String, Integer> fileOf = new TreeMap<>(TensorNames.ORDER);
            for (int i = 0; i < files.size(); i++) {
                write(set.create(i, progress), headers.get(i), files.get(i));
                for (NewTensor tensor : files.get(i)) {
                    fileOf.put(tensor.name(), i);
                }
            }
            set.publish(fileOf, Split.size(tensors));
        }
    }

    @Override
    public void write(WritableByteChannel target, List<NewTensor> tensors, LongConsumer progress) throws IOException {
        if (options.shards != 1) {
            throw new UnsupportedOperationException("a set of safetensors files cannot be written to one stream");
        }
        write(new SequentialFile(target, progress), header(tensors), tensors);
    }

    private static void write(SequentialFile file, byte[] header, List<NewTensor> tensors) throws IOException {
        file.write(ByteBuffer.wrap(header));
        NewValues values = new NewValues(file, null);
        for (NewTensor tensor : sorted(tensors)) {
            values.elements(tensor, false);
        }
        file.finish();
    }

    private static List<NewTensor> sorted(List<NewTensor> tensors) {
        return tensors.stream().sorted(ORDER).toList();
    }

    /** Returns the length and the text of a header. */
    private byte[] header(List<NewTensor> tensors) throws CheckpointException {
        HeaderText text = new HeaderText(false).add("{");
        String separator = "";
        if (!options.metadata.isEmpty()) {
            text.quoted(SafetensorsHeader.METADATA).add(":").object(options.metadata);
            separator = ",";
        }
        long offset = 0;
        for (NewTensor tensor : sorted(tensors)) {
            if (tensor.name().equals(SafetensorsHeader.METADATA)) {
                throw new CheckpointException(
                        "a safetensors file cannot hold a tensor named '" + tensor.name() + "'",
                        ErrorContext.hint("rename it or exclude it"));
            }
            long end = offset + size(tensor);
            text.add(separator)
                    .quoted(tensor.name())
                    .add(":{\"dtype\":\"" + typeOf(tensor).name() + "\",\"shape\":")
                    .add(tensor.shape().toString())
                    .add(",\"data_offsets\":[")
                    .add(offset)
                    .add(",")
                    .add(end)
                    .add("]}");
            offset = end;
            separator = ",";
        }
        byte[] json = text.add("}").bytes();
        int length = json.length + Math.floorMod(-json.length, Long.BYTES);
        if (length > SafetensorsHeader.MAX_LENGTH) {
            throw new CheckpointException(
                    "the header of the safetensors file would have " + length + " bytes, more than the limit of "
                            + SafetensorsHeader.MAX_LENGTH,
                    ErrorContext.hint("split the tensors with --shards (in Java sharding)"));
        }
        byte[] spaces = " ".repeat(length - json.length).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Long.BYTES + length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(json)
                .put(spaces)
                .array();
    }
}
