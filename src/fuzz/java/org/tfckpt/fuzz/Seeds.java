package org.tfckpt.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.RawTable.RawBlock;
import org.tfckpt.testing.SnappyReference;

/**
 * Takes what a fuzzer begins with out of {@code testdata}: a directory a target, a file a seed.
 *
 * <p>They are made when they are wanted, so that they fit the checkpoints that are there, and are in no repository twice.
 */
final class Seeds {
    private static final int LARGEST = 1 << 12;

    private final Path root;
    private int count;

    private Seeds(Path root) {
        this.root = root;
    }

    /**
     * Makes them.
     *
     * @param args where to
     */
    public static void main(String[] args) throws IOException {
        Seeds seeds = new Seeds(Path.of(args[0]));
        for (Corpus.Expected expected : Corpus.checkpoints()) {
            seeds.checkpoint(expected);
        }
        try (Stream<Path> files = Files.walk(Corpus.root())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                seeds.file(file);
            }
        }
        for (String spec : List.of("-", "0,1", "-:0,10", "0,1:-:5,7", "9223372036854775807,1", "")) {
            seeds.add("sliceSpec", spec.getBytes(StandardCharsets.UTF_8));
        }
        System.out.println(seeds.count + " seeds");
    }

    private void checkpoint(Corpus.Expected expected) throws IOException {
        if (expected.isV2()) {
            byte[] index = Files.readAllBytes(expected.directory().resolve(expected.string("prefix") + ".index"));
            add("indexFile", index);
            blocks("indexBlock", index);
            add("handles", RawTable.parse(index).parsedIndex().contents());
            try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
                if (checkpoint.find(ObjectKeys.OBJECT_GRAPH).isPresent()
                        && expected.missingShards().isEmpty()) {
                    add(
                            "objectGraph",
                            checkpoint.tensor(ObjectKeys.OBJECT_GRAPH).stringAt(0));
                }
            }
        } else if (Files.exists(expected.path())) {
            blocks("v1Block", Files.readAllBytes(expected.path()));
        }
    }

    private void blocks(String target, byte[] table) throws IOException {
        for (RawBlock block : RawTable.parse(table).blocks()) {
            add(target, block.contents());
            add("snappy", SnappyReference.compress(block.contents()));
        }
    }

    private void file(Path file) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.equals(org.tfckpt.CheckpointState.FILE_NAME)) {
            add("state", Files.readAllBytes(file));
        } else if (name.matches(".*\\.(meta|pb|pbtxt)") && Files.size(file) <= 4 * LARGEST) {
            add("graph", Files.readAllBytes(file));
        }
    }

    private void add(String target, byte[] bytes) throws IOException {
        if (bytes.length <= 4 * LARGEST) {
            Path directory = Files.createDirectories(root.resolve(target));
            Files.write(directory.resolve(String.format(Locale.ROOT, "seed-%04d", count++)), bytes);
        }
    }
}
