package org.tfckpt.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tfckpt.files.CheckpointSearch;
import org.tfckpt.files.InterruptedSave;
import org.tfckpt.io.StorageFileSystem;

/** Finds the checkpoints of an archive by the names of files. */
final class CheckpointFinder {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFinder.class);
    /** The part of a file without an index of its own that is read to list its tensors; an estimate. */
    private static final long LIST_BYTES = 1 << 20;

    private static final Pattern V1_SET = Pattern.compile("(?s)(.*)-[?]{5}-of-[0-9]{5}");
    private static final Pattern SET_INDEX = Pattern.compile("(?s)(.*)\\.safetensors\\.index\\.json");

    private final Configuration configuration;
    private final Map<String, Found> storages = new LinkedHashMap<>();
    private final Map<String, Target> targets = new LinkedHashMap<>();

    /** A storage, and the files of it as a file system. */
    private record Found(HadoopStorage storage, StorageFileSystem files) {}

    private CheckpointFinder(Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * Checks that paths exist, without searching in directories; throws {@link FileNotFoundException} if there is no
     * file for one of them.
     */
    static void requireExisting(List<String> paths, Configuration configuration) throws IOException {
        for (String path : paths) {
            matches(path, configuration);
        }
    }

    /**
     * Finds the checkpoints and interrupted saves at paths of checkpoints in any form and below directories, which may
     * be patterns of Hadoop; returns them sorted.
     */
    static List<Target> find(List<String> paths, Configuration configuration) throws IOException {
        CheckpointFinder finder = new CheckpointFinder(configuration);
        try {
            for (String path : paths) {
                finder.add(path);
            }
        } finally {
            for (Found storage : finder.storages.values()) {
                storage.files.close();
            }
        }
        return finder.targets.values().stream()
                .sorted(java.util.Comparator.comparing(Target::uri))
                .toList();
    }

    /** The files and directories of a path or pattern; or the index or data files of it, if it is a prefix. */
    private static FileStatus[] matches(String path, Configuration configuration) throws IOException {
        Path given = new Path(path);
        FileSystem files = given.getFileSystem(configuration);
        Path qualified = files.makeQualified(given);
        for (String suffix : List.of("", ".index", ".data-?????-of-?????")) {
            FileStatus[] found = files.globStatus(suffix.isEmpty() ? qualified : qualified.suffix(suffix));
            if (found != null && found.length > 0) {
                return found;
            }
        }
        throw new FileNotFoundException("no file or checkpoint matches '" + path + "'");
    }

    private void add(String path) throws IOException {
        FileStatus[] matches = matches(path, configuration);
        List<java.nio.file.Path> matched = new ArrayList<>();
        for (FileStatus status : matches) {
            Path file = status.getPath();
            Found found = storage(HadoopStorage.locationOf(file));
            String uri = found.storage.location() + HadoopStorage.nameOf(file);
            if (status.isDirectory()) {
                add(found, CheckpointSearch.search(found.files.getPath(uri + "/"), CheckpointFinder::unreadable));
            } else if (!HadoopStorage.isHidden(file.getName())) {
                matched.add(found.files.getPath(uri));
            }
        }
        if (matched.isEmpty()) {
            return;
        }
        Found found = storage(HadoopStorage.locationOf(matches[0].getPath()));
        CheckpointSearch.Found among = CheckpointSearch.among(matched, CheckpointFinder::unreadable);
        add(found, among);
        if (matches.length == 1
                && among.checkpoints().isEmpty()
                && among.interrupted().isEmpty()) {
            // A file that was named: opening accepts more forms than a search finds.
            put(found, matched.get(0), "");
        }
    }

    private static void unreadable(IOException e) {
        LOG.warn("skipped while searching for checkpoints: {}", e.toString());
    }

    private Found storage(String location) throws IOException {
        Found known = storages.get(location);
        if (known == null) {
            HadoopStorage storage = new HadoopStorage(location, configuration);
            known = new Found(storage, new StorageFileSystem(storage, StorageFileSystem.DEFAULT_CACHE_BYTES));
            storages.put(location, known);
        }
        return known;
    }

    private void add(Found found, CheckpointSearch.Found checkpoints) throws IOException {
        for (java.nio.file.Path checkpoint : checkpoints.checkpoints()) {
            put(found, checkpoint, "");
        }
        for (InterruptedSave save : checkpoints.interrupted()) {
            String index = save.prefix().getFileName() + ".index";
            if (!siblings(found, save.prefix()).containsKey(index)) {
                put(found, save.prefix(), save.description() + "; " + save.advice());
            }
        }
    }

    private static Map<String, FileStatus> siblings(Found found, java.nio.file.Path file) throws IOException {
        String name = file.toString().substring(found.storage.location().length());
        return found.storage.statuses(name.substring(0, Math.max(0, name.lastIndexOf('/'))));
    }

    private void put(Found found, java.nio.file.Path checkpoint, String interrupted) throws IOException {
        String name = checkpoint.toString().substring(found.storage.location().length());
        String directory = name.substring(0, name.lastIndexOf('/') + 1);
        String base = name.substring(directory.length());
        Map<String, FileStatus> siblings = siblings(found, checkpoint);
        FileStatus index = siblings.get(base + ".index");
        Predicate<String> belongs = belongsTo(base);
        List<String> names = siblings.keySet().stream().filter(belongs).toList();
        Collection<FileStatus> files = names.stream().map(siblings::get).toList();
        long bytes = files.stream().mapToLong(FileStatus::getLen).sum();
        targets.put(
                checkpoint.toString(),
                new Target(
                        found.storage.location(),
                        name,
                        directory + (index != null ? base + ".index" : names.isEmpty() ? base : names.get(0)),
                        bytes,
                        index != null ? index.getLen() : Math.min(bytes, LIST_BYTES),
                        files.stream()
                                .mapToLong(FileStatus::getModificationTime)
                                .max()
                                .orElse(0),
                        interrupted));
    }

    /** Returns which files belong to a checkpoint. */
    private static Predicate<String> belongsTo(String base) {
        Matcher v1 = V1_SET.matcher(base);
        Matcher set = SET_INDEX.matcher(base);
        if (v1.matches() || set.matches()) {
            String stem = (v1.matches() ? v1 : set).group(1);
            return file -> file.equals(base) || file.startsWith(stem + "-");
        }
        return file -> file.equals(base) || file.equals(base + ".index") || file.startsWith(base + ".data-");
    }
}
