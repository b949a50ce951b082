package org.tfckpt.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.NamePattern;

/**
 * The options of a data source.
 *
 * @param table the table
 * @param paths the paths and patterns to read
 * @param include patterns of names of tensors; all tensors if there are none
 * @param exclude patterns of names of tensors that are left out
 * @param maxPartitionBytes the maximum number of bytes that a task reads; null for that of Spark's files
 * @param hadoop the other options, for Hadoop
 */
record SourceOptions(
        TableKind table,
        List<String> paths,
        List<String> include,
        List<String> exclude,
        @Nullable Long maxPartitionBytes,
        Map<String, String> hadoop)
        implements Serializable {
    private static final Set<String> OWN = Set.of("table", "path", "paths", "include", "exclude", "maxpartitionbytes");

    static SourceOptions of(CaseInsensitiveStringMap options) {
        List<String> paths = new ArrayList<>(texts(options, "paths"));
        if (options.containsKey("path")) {
            paths.add(options.get("path"));
        }
        if (paths.isEmpty()) {
            throw new IllegalArgumentException(
                    "the data source 'tfckpt' needs a path: use load(path) or OPTIONS (path '…')");
        }
        List<String> include = texts(options, "include");
        List<String> exclude = texts(options, "exclude");
        include.forEach(NamePattern::of);
        exclude.forEach(NamePattern::of);
        Map<String, String> hadoop = new TreeMap<>(options.asCaseSensitiveMap());
        hadoop.keySet().removeIf(key -> OWN.contains(key.toLowerCase(java.util.Locale.ROOT)));
        return new SourceOptions(
                TableKind.of(options), List.copyOf(paths), include, exclude, maxPartitionBytes(options), hadoop);
    }

    private static @Nullable Long maxPartitionBytes(CaseInsensitiveStringMap options) {
        String text = options.get("maxPartitionBytes");
        if (text == null) {
            return null;
        }
        long bytes = org.apache.spark.network.util.JavaUtils.byteStringAsBytes(text);
        if (bytes < 1) {
            throw new IllegalArgumentException("maxPartitionBytes must be positive, not '" + text + "'");
        }
        return bytes;
    }

    /** Returns one text, or those of a JSON array, as Spark passes several paths. */
    private static List<String> texts(CaseInsensitiveStringMap options, String key) {
        String value = options.get(key);
        if (value == null) {
            return List.of();
        }
        if (!value.startsWith("[\"")) {
            return List.of(value);
        }
        try {
            return List.of(new ObjectMapper().readValue(value, String[].class));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("option '" + key + "' is not a JSON array of texts: " + value, e);
        }
    }

    /** Returns whether a tensor of a name is selected. */
    Predicate<String> names() {
        List<NamePattern> included = include.stream().map(NamePattern::of).toList();
        List<NamePattern> excluded = exclude.stream().map(NamePattern::of).toList();
        return name -> (included.isEmpty() || included.stream().anyMatch(pattern -> pattern.test(name)))
                && excluded.stream().noneMatch(pattern -> pattern.test(name));
    }

    /** Returns the configuration of the session, with the options of the source, as Spark's own sources have it. */
    Configuration configuration(SparkSession spark) {
        Configuration configuration = new Configuration(spark.sparkContext().hadoopConfiguration());
        scala.jdk.javaapi.CollectionConverters.asJava(spark.conf().getAll()).forEach(configuration::set);
        hadoop.forEach(configuration::set);
        return configuration;
    }
}
