package org.tfckpt.testing;

import static org.tfckpt.testing.V1Builder.ints;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tfckpt.CheckpointState;
import org.tfckpt.format.table.BlockBuilder;
import org.tfckpt.graph.Graph;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;

/** Small files with right checksums that are made to cost their reader memory or time, each by another part. */
public enum HostileInputs {
    A_BLOCK_NAMED_A_THOUSAND_TIMES("blocks of the table overlap") {
        @Override
        void make(Path directory) {
            BundleBuilder bundle = new BundleBuilder().layout(1 << 20, 16, true);
            for (int i = 0; i < 200; i++) {
                bundle.record("scope/name_" + i, entry());
            }
            // The blocks between are one and the same: only their handles are written again.
            bundle.table(table -> table.index(made -> {
                        BlockBuilder index = new BlockBuilder(1);
                        byte[] handle = RawTable.handle(0, table.blocks().get(0).stored().length);
                        for (int i = 0; i < 1_000; i++) {
                            index.add(String.format("z%05d", i).getBytes(StandardCharsets.UTF_8), handle);
                        }
                        return made.withStored(index.contents());
                    }))
                    .write(directory.resolve("ckpt"));
        }
    },
    LONG_KEYS_THAT_SHARE_ALL("keys of at most 64 times the block's size") {
        @Override
        void make(Path directory) {
            BundleBuilder bundle = new BundleBuilder().layout(1 << 20, 1 << 20, false);
            byte[] name = new byte[100_000];
            Arrays.fill(name, (byte) 'n');
            for (int i = 0; i < 2_000; i++) {
                byte[] key = Arrays.copyOf(name, name.length + 2);
                key[name.length] = (byte) (i >> 7 | 0x40);
                key[name.length + 1] = (byte) (i & 0x7f);
                bundle.record(key, entry());
            }
            bundle.write(directory.resolve("ckpt"));
        }
    },
    SNAPPY_THAT_CLAIMS_TWO_GIGABYTES("corrupted compressed block contents") {
        @Override
        void make(Path directory) {
            byte[] claim = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 0, 'x'};
            new BundleBuilder()
                    .floats("v", 1)
                    .table(table ->
                            table.block(0, block -> block.withStored(claim).withType(1)))
                    .write(directory.resolve("ckpt"));
        }
    },
    SIXTY_THOUSAND_EMPTY_SLICES("slices") {
        @Override
        void make(Path directory) {
            byte[] entry = Arrays.copyOf(shapedEntry(), shapedEntry().length + 2 * 60_000);
            for (int at = shapedEntry().length; at < entry.length; at += 2) {
                entry[at] = 7 << 3 | 2;
            }
            snappy(new BundleBuilder().record("v", entry)).write(directory.resolve("ckpt"));
        }
    },
    MORE_SLICES_THAN_ARE_READ("Entry for key v not parseable.") {
        @Override
        void make(Path directory) {
            byte[] entry = new byte[2 * 1_100_000];
            for (int at = 0; at < entry.length; at += 2) {
                entry[at] = 7 << 3 | 2;
            }
            snappy(new BundleBuilder().record("v", entry)).write(directory.resolve("ckpt"));
        }
    },
    A_MILLION_DIMENSIONS("Entry for key v not parseable.") {
        @Override
        void make(Path directory) {
            ByteArrayOutputStream shape = new ByteArrayOutputStream();
            for (int i = 0; i < 1_000_000; i++) {
                shape.write(2 << 3 | 2);
                shape.write(0);
            }
            ByteArrayOutputStream entry = new ByteArrayOutputStream();
            entry.writeBytes(new byte[] {1 << 3, 1, 2 << 3 | 2, (byte) 0x80, (byte) 0x89, 0x7a});
            entry.writeBytes(shape.toByteArray());
            snappy(new BundleBuilder().record("v", entry.toByteArray())).write(directory.resolve("ckpt"));
        }
    },
    MANY_SLICES_OF_WHICH_NONE_IS_THERE("slices") {
        @Override
        void make(Path directory) {
            BundleEntryProto.Builder entry = BundleEntryProto.newBuilder()
                    .setDtypeValue(DataType.DT_FLOAT.number())
                    .setShape(BundleBuilder.shape(20_000));
            for (int i = 0; i < 20_000; i++) {
                entry.addSlicesBuilder().addExtentBuilder().setStart(i).setLength(1);
            }
            BundleBuilder bundle = new BundleBuilder().layout(1 << 22, 1 << 20, false);
            for (int i = 0; i < 500; i++) {
                bundle.record("a" + i, entry());
            }
            bundle.record("v", entry.build().toByteArray()).write(directory.resolve("ckpt"));
        }
    },
    GROUPS_WITHIN_GROUPS("Entry for key v not parseable.") {
        @Override
        void make(Path directory) {
            byte[] groups = new byte[200_000];
            Arrays.fill(groups, (byte) (15 << 3 | 3));
            snappy(new BundleBuilder().record("v", groups)).write(directory.resolve("ckpt"));
        }
    },
    STRINGS_WITHOUT_END("Invalid size in bundle entry") {
        @Override
        void make(Path directory) {
            new BundleBuilder()
                    .strings("s", "x")
                    .entry("s", entry -> entry.setShape(BundleBuilder.shape(1L << 40)))
                    .write(directory.resolve("ckpt"));
        }
    },
    V1_LIST_OF_A_MILLION_NAMELESS("") {
        @Override
        void make(Path directory) {
            byte[] tensors = new byte[2 * 1_000_000];
            for (int at = 0; at < tensors.length; at += 4) {
                tensors[at] = 1 << 3 | 2;
                tensors[at + 1] = 2;
                tensors[at + 2] = 4 << 3 | 2;
            }
            ByteArrayOutputStream record = new ByteArrayOutputStream();
            record.writeBytes(new byte[] {1 << 3 | 2, (byte) 0x80, (byte) 0x89, 0x7a});
            record.writeBytes(tensors);
            new V1Builder()
                    .layout(1 << 22, 16, true)
                    .record(new byte[0], record.toByteArray())
                    .write(directory.resolve("ckpt"));
        }
    },
    V1_VALUE_OF_A_TERABYTE("") {
        @Override
        void make(Path directory) {
            new V1Builder()
                    .tensor("v", DataType.DT_INT32, new long[] {1}, ints(1))
                    .list("v", list -> list.setShape(BundleBuilder.shape(1L << 38)))
                    .write(directory.resolve("ckpt"));
        }
    },
    A_STATE_FILE_OF_A_GIGABYTE("at most") {
        @Override
        void make(Path directory) throws IOException {
            try (RandomAccessFile file =
                    new RandomAccessFile(directory.resolve("checkpoint").toFile(), "rw")) {
                file.setLength(1L << 30);
            }
        }

        @Override
        String ask(Path directory) throws IOException {
            return refusal(() -> CheckpointState.read(directory.resolve("checkpoint")));
        }
    },
    A_STATE_FILE_AS_LARGE_AS_IS_READ("Invalid checkpoint state") {
        @Override
        void make(Path directory) throws IOException {
            String line = "all_model_checkpoint_paths: \"\"\n";
            Files.writeString(directory.resolve("checkpoint"), line.repeat((4 << 20) / line.length()));
        }

        @Override
        String ask(Path directory) throws IOException {
            return refusal(() -> CheckpointState.read(directory.resolve("checkpoint")));
        }
    },
    A_GRAPH_OF_BRACES("") {
        @Override
        void make(Path directory) throws IOException {
            Files.writeString(directory.resolve("graph.pbtxt"), "node { attr " + "{ x ".repeat(1 << 20));
        }

        @Override
        String ask(Path directory) throws IOException {
            return refusal(() -> Graph.open(directory.resolve("graph.pbtxt")));
        }
    };

    private final String answer;

    HostileInputs(String answer) {
        this.answer = answer;
    }

    /** Part of what the library says to it. */
    public String answer() {
        return answer;
    }

    abstract void make(Path directory) throws IOException;

    /** Reads and verifies all of it, and says what is wrong. */
    String ask(Path directory) throws IOException {
        FullRead read = FullRead.of(directory.resolve("ckpt"));
        return Stream.concat(read.problems().stream(), read.refusals().stream())
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private interface Reading {
        Object run() throws IOException;
    }

    private static String refusal(Reading reading) throws IOException {
        try {
            return "read: " + reading.run().toString().length();
        } catch (CheckpointException e) {
            return e.getMessage();
        }
    }

    private static BundleBuilder snappy(BundleBuilder bundle) {
        return bundle.layout(1 << 24, 16, true);
    }

    private static byte[] entry() {
        return BundleEntryProto.newBuilder()
                .setDtypeValue(DataType.DT_FLOAT.number())
                .build()
                .toByteArray();
    }

    private static byte[] shapedEntry() {
        return BundleEntryProto.newBuilder()
                .setDtypeValue(DataType.DT_FLOAT.number())
                .setShape(BundleBuilder.shape(4))
                .build()
                .toByteArray();
    }

    /**
     * Makes the inputs ({@code make DIRECTORY}), which takes memory; or reads them ({@code read DIRECTORY}) and prints a
     * line each: name, milliseconds, answer.
     */
    public static void main(String[] args) throws IOException {
        for (HostileInputs input : values()) {
            Path directory = Path.of(args[1]).resolve(input.name());
            if (args[0].equals("make")) {
                input.make(Files.createDirectories(directory));
            } else {
                long start = System.nanoTime();
                String answer = input.ask(directory).replaceAll("\\p{Cntrl}", " ");
                System.out.println(input + "\t" + (System.nanoTime() - start) / 1_000_000 + "\t" + answer);
            }
        }
    }
}
