package org.tfckpt.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.tfckpt.tensor.TensorNames;

/** The cases of {@code testdata/} and their expected values. */
public final class Corpus {
    private Corpus() {}

    /** One checkpoint of a case. */
    public record Expected(Path directory, Map<String, Object> json) {
        public Path path() {
            return directory.resolve(string("prefix"));
        }

        public String string(String key) {
            return (String) json.get(key);
        }

        public List<Map<String, Object>> tensors() {
            return Json.list(json.get("tensors"));
        }

        public List<Long> missingShards() {
            return Json.list(json.get("missing_shards"));
        }

        public boolean isV2() {
            return json.get("format").equals("V2");
        }

        @Override
        public String toString() {
            return root().relativize(path()).toString();
        }
    }

    public static Path root() {
        return Path.of(System.getProperty("tfckpt.testdata", "testdata"));
    }

    /** Returns the checkpoints of all cases. Fails if there are suspiciously few. */
    public static List<Expected> checkpoints() {
        try (Stream<Path> files = Files.walk(root())) {
            List<Expected> all = files.filter(
                            file -> file.getFileName().toString().matches("expected\\.json(\\.gz)?"))
                    .sorted()
                    .flatMap(Corpus::read)
                    .toList();
            if (all.size() < 140) {
                throw new IllegalStateException("only " + all.size() + " checkpoints in " + root());
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static List<Expected> v2() {
        return checkpoints().stream().filter(Expected::isV2).toList();
    }

    private static Stream<Expected> read(Path file) {
        List<Map<String, Object>> checkpoints =
                Json.list(Json.object(json(file)).get("checkpoints"));
        return checkpoints.stream().map(json -> new Expected(file.getParent(), json));
    }

    /** Reads a JSON file, which may be stored with the suffix {@code .gz}. */
    public static Object json(Path file) {
        try (InputStream in = open(file)) {
            return Json.parse(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens a file, which may be stored with the suffix {@code .gz}. */
    public static InputStream open(Path file) throws IOException {
        Path compressed = file.resolveSibling(file.getFileName() + ".gz");
        if (file.toString().endsWith(".gz")) {
            return new GZIPInputStream(Files.newInputStream(file));
        }
        return Files.exists(file) ? Files.newInputStream(file) : open(compressed);
    }

    /** Returns the name of an expected tensor. */
    public static String name(Map<String, Object> tensor) {
        Object base64 = tensor.get("name_b64");
        return base64 == null
                ? (String) tensor.get("name")
                : TensorNames.decode(Base64.getDecoder().decode((String) base64));
    }
}
