package org.tfckpt.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.tfckpt.Checkpoint;
import org.tfckpt.files.CheckpointState;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.RawTable.RawBlock;
import org.tfckpt.testing.SafetensorsBuilder;
import org.tfckpt.testing.SnappyReference;

/**
 * Writes the inputs that Jazzer starts with. They are taken from {@code testdata}, one file per seed, in the directories
 * where Jazzer looks for them.
 */
final class Seeds {
    private static final int MOST_ELEMENTS = 3;
    private static final int MOST_STORED_BYTES = 1 << 12;
    private static final int MOST_SEED_BYTES = 1 << 14;
    private static final List<String> GRAPH_TARGETS = List.of("graph", "state");

    private static final Path ROOT = Corpus.root().resolveSibling(".cifuzz-corpus");

    private int count;

    private Seeds() {}

    static void write() throws IOException {
        Seeds seeds = new Seeds();
        for (Corpus.Expected expected : Corpus.checkpoints()) {
            seeds.checkpoint(expected);
        }
        try (Stream<Path> files = Files.walk(Corpus.root())) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                seeds.file(file);
            }
        }
        seeds.add(
                "safetensors",
                new SafetensorsBuilder()
                        .metadata("format", "pt")
                        .floats("a/b", 1, 2)
                        .tensor("c", "F4", new long[] {2, 1}, new byte[1])
                        .tensor("d", "BOOL", new long[0], new byte[1])
                        .build());
        for (String spec : List.of("-", "0,1", "-:0,10", "0,1:-:5,7", "9223372036854775807,1", "")) {
            seeds.add("sliceSpec", spec.getBytes(StandardCharsets.UTF_8));
        }
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
                            checkpoint
                                    .tensor(ObjectKeys.OBJECT_GRAPH)
                                    .asStringVector(0, 1)
                                    .bytes(0));
                }
                for (TensorInfo info : checkpoint.tensors().toList()) {
                    elements(checkpoint, info);
                }
            }
        } else if (Files.exists(expected.path())) {
            blocks("v1Block", Files.readAllBytes(expected.path()));
        }
    }

    /** Adds a tensor of strings or variants: the number of elements, then the stored bytes. */
    private void elements(Checkpoint checkpoint, TensorInfo info) throws IOException {
        TensorInfo.Storage at = info.storage();
        boolean strings = info.dtype() == DataType.DT_STRING;
        if (at == null || !(strings || info.dtype() == DataType.DT_VARIANT)) {
            return;
        }
        Path shard = BundlePrefix.of(Path.of(checkpoint.prefix())).data(at.shard(), checkpoint.shardCount());
        if (info.shape().elements() > MOST_ELEMENTS || !Files.exists(shard) || at.size() > MOST_STORED_BYTES) {
            return;
        }
        try (ByteSource source = ByteSources.channel(shard)) {
            ByteBuffer stored = source.read(at.offset(), (int) at.size());
            ByteArrayOutputStream seed = new ByteArrayOutputStream();
            seed.write((int) info.shape().elements());
            if (strings) {
                byte[] bytes = new byte[stored.remaining()];
                stored.get(bytes);
                seed.writeBytes(bytes);
            } else {
                withoutChecksums(stored, seed);
            }
            add(strings ? "strings" : "variants", seed.toByteArray());
        }
    }

    private static void withoutChecksums(ByteBuffer stored, ByteArrayOutputStream seed) {
        while (stored.remaining() > Integer.BYTES && stored.get(stored.position()) >= 0) {
            byte[] message = new byte[stored.get()];
            stored.get(message);
            stored.getInt();
            seed.write(message.length);
            seed.writeBytes(message);
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
        if (name.equals(CheckpointState.FILE_NAME)) {
            add("state", Files.readAllBytes(file));
        } else if (name.matches(".*\\.(meta|pb|pbtxt)") && Files.size(file) <= MOST_SEED_BYTES) {
            add("graph", Files.readAllBytes(file));
        } else if (name.endsWith(".npy") || name.endsWith(".npz")) {
            add(name.substring(name.length() - 3), Files.readAllBytes(file));
        }
    }

    private void add(String target, byte[] bytes) throws IOException {
        if (bytes.length <= MOST_SEED_BYTES) {
            Class<?> of = GRAPH_TARGETS.contains(target) ? GraphFuzz.class : CheckpointFuzz.class;
            Path directory = Files.createDirectories(ROOT.resolve(of.getName()).resolve(target));
            Files.write(directory.resolve(String.format(Locale.ROOT, "seed-%04d", count++)), bytes);
        }
    }
}
