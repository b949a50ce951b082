package org.tfckpt.format.safetensors;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.RangeData;
import org.tfckpt.format.StoredArray;
import org.tfckpt.format.StoredArrays;
import org.tfckpt.format.TensorData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.io.Closeables;
import org.tfckpt.io.FileAccess;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;

/** Opens safetensors files, which checks all of their structure. */
public final class Safetensors {
    /** The name of the format. */
    public static final String FORMAT = "safetensors";

    private final FileAccess access;
    private final List<Path> paths = new ArrayList<>();
    private final List<ByteSource> sources = new ArrayList<>();
    private final List<StoredArray> arrays = new ArrayList<>();

    private Safetensors(FileAccess access) {
        this.access = access;
    }

    /** Opens a safetensors file, or a set of files by its index; the caller closes the reader. */
    public static FormatReader open(Path path, FileAccess access) throws IOException {
        Safetensors files = new Safetensors(access);
        try {
            if (path.toString().endsWith(ShardIndex.SUFFIX)) {
                files.addSet(path);
            } else {
                files.add(path, null, "");
            }
            return new StoredArrays(FORMAT, path.toString(), false, files.paths, files.arrays, files.sources);
        } catch (IOException | RuntimeException | Error e) {
            try {
                Closeables.closeAll(files.sources);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private void addSet(Path path) throws IOException {
        ShardIndex index;
        try (ByteSource source = ByteSources.channel(path)) {
            index = ShardIndex.read(path, source);
        }
        for (Map.Entry<String, Path> file : index.files().entrySet()) {
            add(file.getValue(), index, file.getKey());
        }
        if (arrays.size() < index.fileOf().size()) {
            requireListed(path, index);
        }
    }

    private void requireListed(Path path, ShardIndex index) throws DataLossException {
        for (StoredArray array : arrays) {
            index.fileOf().remove(array.info().name());
        }
        Map.Entry<String, String> missing = index.fileOf().entrySet().iterator().next();
        throw new DataLossException(
                ProblemKind.ENTRY,
                "the index names a tensor that its file '" + missing.getValue() + "' does not contain",
                ErrorContext.at(path.toString(), -1).ofTensor(missing.getKey()));
    }

    private void add(Path path, @Nullable ShardIndex index, String file) throws IOException {
        ByteSource source;
        try {
            source = ByteSources.open(path, access);
        } catch (NoSuchFileException e) {
            if (index == null) {
                throw e;
            }
            throw new DataLossException(
                    ProblemKind.MISSING_FILE,
                    "a file that the index names does not exist",
                    ErrorContext.at(path.toString(), -1),
                    e);
        }
        int shard = sources.size();
        sources.add(source);
        paths.add(path);
        for (TensorInfo tensor : SafetensorsHeader.read(source.forIndex(), shard)) {
            StoredArray array = new SafetensorsArray(tensor, source);
            if (index != null && !file.equals(index.fileOf().get(tensor.name()))) {
                throw new DataLossException(
                        ProblemKind.ENTRY,
                        "the file contains a tensor that the index does not list for it",
                        array.place());
            }
            arrays.add(array);
        }
    }

    private static final class SafetensorsArray extends StoredArray {
        private final ByteSource source;

        SafetensorsArray(TensorInfo info, ByteSource source) {
            super(info, ByteOrder.LITTLE_ENDIAN, source.name());
            this.source = source;
        }

        @Override
        public TensorData data(int slice) throws IOException {
            TensorInfo.Storage storage = SafetensorsHeader.storage(info());
            return new RangeData(
                    source, storage.offset(), storage.size(), order(), info().name(), RangeData.Check.NONE);
        }
    }
}
