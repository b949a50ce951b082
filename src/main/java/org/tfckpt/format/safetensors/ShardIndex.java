package org.tfckpt.format.safetensors;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * The index of a set of files: {@code {"metadata": {"total_size": BYTES}, "weight_map": {NAME: FILE}}}.
 *
 * @param files the names of the files, in the order in which they appear
 * @param fileOf for each tensor, the name of its file
 */
public record ShardIndex(Map<String, Path> files, Map<String, String> fileOf) {
    /** The end of the name of an index. */
    public static final String SUFFIX = ".safetensors.index.json";

    private static final Pattern SHARD = Pattern.compile("(?s)(.*)-[0-9]{5}-of-[0-9]{5}\\.safetensors");
    /** Deeper than any index; what a stranger adds to the metadata is skipped. */
    private static final int DEPTH = 100;

    /**
     * Returns the path that the index of a set would have; empty if the file does not have the name of a file of a set.
     */
    public static Optional<Path> indexOf(Path shard) {
        Matcher name = SHARD.matcher(String.valueOf(shard.getFileName()));
        return name.matches() ? Optional.of(shard.resolveSibling(name.group(1) + SUFFIX)) : Optional.empty();
    }

    static ShardIndex read(Path path, ByteSource source) throws IOException {
        if (source.size() > SafetensorsHeader.MAX_LENGTH) {
            throw new DataLossException(
                    ProblemKind.HEADER,
                    "the index is too long",
                    ErrorContext.at(source.name(), -1)
                            .mismatch("at most " + SafetensorsHeader.MAX_LENGTH + " bytes", source.size()));
        }
        ShardIndex index = new ShardIndex(new LinkedHashMap<>(), new HashMap<>());
        boolean found = false;
        JsonReader json = JsonReader.open(source, 0, (int) source.size(), DEPTH);
        json.beginObject("an object");
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            if (!key.equals("weight_map")) {
                json.skip();
            } else if (found) {
                throw json.malformed("'weight_map' appears twice", null);
            } else {
                found = true;
                index.add(json, path);
            }
        }
        json.end();
        if (!found) {
            throw json.malformed("the index has no 'weight_map'", null);
        }
        return index;
    }

    private void add(JsonReader json, Path path) throws IOException {
        json.beginObject("an object of file names");
        for (String name = json.nextKey(); name != null; name = json.nextKey()) {
            json.tensor(name);
            String file = json.string("the name of a file");
            if (!files.containsKey(file)) {
                files.put(file, resolve(json, path, file));
            }
            if (fileOf.put(name, file) != null) {
                throw json.malformed("two tensors have the same name", null);
            }
            json.tensor(null);
        }
    }

    private static Path resolve(JsonReader json, Path index, String file) throws DataLossException {
        boolean plain = !file.isEmpty() && !file.equals(".") && !file.equals("..");
        if (plain && file.indexOf('/') < 0 && file.indexOf('\\') < 0) {
            try {
                Path resolved = index.resolveSibling(file);
                if (file.equals(String.valueOf(resolved.getFileName()))) {
                    return resolved;
                }
            } catch (InvalidPathException e) {
                throw json.malformed("'" + file + "' is not the name of a file", e);
            }
        }
        throw json.malformed("'" + file + "' is not the name of a file in the directory of the index", null);
    }
}
