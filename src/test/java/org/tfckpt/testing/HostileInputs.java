package org.tfckpt.testing;

import static org.tfckpt.testing.V1Builder.ints;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tfckpt.Checkpoint;
import org.tfckpt.files.CheckpointState;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.table.BlockBuilder;
import org.tfckpt.graph.Graph;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorSlice;

/** Small files with valid checksums, each built to cost its reader memory or time in a different way. */
public enum HostileInputs {
    A_BLOCK_NAMED_A_THOUSAND_TIMES("blocks of the table overlap") {
        @Override
        void make(Path directory) {
            BundleBuilder bundle = new BundleBuilder().layout(1 << 20, 16, true);
            for (int i = 0; i < 200; i++) {
                bundle.record("scope/name_" + i, entry());
            }
            // All handles between refer to the same block.
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
    /** Every lookup scans a block that has one restart point only. */
    MANY_SLICES_IN_A_BLOCK_WITHOUT_RESTARTS("contradicts the partitioned tensor") {
        @Override
        void make(Path directory) {
            BundleBuilder bundle = new BundleBuilder().layout(1 << 22, 1 << 20, false);
            slices(bundle, "v", 20_000, entry());
            bundle.write(directory.resolve("ckpt"));
        }
    },
    /** A reader that remembers the slices of only one tensor reads those of the other again and again. */
    SLICES_OF_TWO_TENSORS_IN_TURN("is not greater than the previous key") {
        @Override
        void make(Path directory) {
            int count = 10_000;
            BundleBuilder bundle =
                    new BundleBuilder().layout(1 << 22, 16, false).unsorted();
            for (int i = 0; i < count; i++) {
                for (String name : List.of("v", "w")) {
                    bundle.record(new SliceKey(name, slice(i)).encode(), entry());
                }
            }
            for (String name : List.of("v", "w")) {
                bundle.record(name, partitioned(count));
            }
            bundle.write(directory.resolve("ckpt"));
        }
    },
    /** Half of the slices are in one block and half in another, and the tensor lists them alternately. */
    SLICES_OF_TWO_BLOCKS_IN_TURN("contradicts the partitioned tensor") {
        @Override
        void make(Path directory) {
            BundleBuilder bundle = new BundleBuilder().layout(1 << 18, 16, true);
            slices(bundle, "v", 30_000, entry());
            bundle.write(directory.resolve("ckpt"));
        }
    },
    TENSORS_THAT_ARE_ALL_ONE("claim more than twice") {
        @Override
        void make(Path directory) {
            byte[] value = new byte[1 << 20];
            BundleBuilder bundle = new BundleBuilder().tensor("t", DataType.DT_UINT8, new long[] {1 << 20}, value);
            byte[] same = bundle.entryBytes("t");
            for (int i = 0; i < 20_000; i++) {
                bundle.record("t" + i, same);
            }
            bundle.write(directory.resolve("ckpt"));
        }

        /** Only verification is tested, because each read of a tensor is requested by the caller. */
        @Override
        String ask(Path directory) throws IOException {
            List<String> problems = new ArrayList<>();
            try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("ckpt"))) {
                checkpoint.verify(problem -> {
                    if (problems.size() < 1_000) {
                        problems.add(problem.message());
                    }
                });
            }
            return String.join("; ", problems);
        }
    },
    SHAPES_OF_EMPTY_DIMENSIONS("Entry for key v0 not parseable.") {
        @Override
        void make(Path directory) {
            byte[] shape = new byte[60_000];
            for (int at = 0; at < shape.length; at += 2) {
                shape[at] = 2 << 3 | 2;
            }
            BundleBuilder bundle = snappy(new BundleBuilder());
            for (int i = 0; i < 2_000; i++) {
                ByteArrayOutputStream entry = new ByteArrayOutputStream();
                entry.writeBytes(new byte[] {2 << 3 | 2, (byte) 0xe0, (byte) 0xd4, 3});
                entry.writeBytes(shape);
                bundle.record("v" + i, entry.toByteArray());
            }
            bundle.write(directory.resolve("ckpt"));
        }
    },
    A_MILLION_UNKNOWN_FIELDS("") {
        @Override
        void make(Path directory) {
            ByteArrayOutputStream entry = new ByteArrayOutputStream();
            for (int i = 0; i < 1_000_000; i++) {
                entry.writeBytes(new byte[] {(byte) (15 << 3), 1});
            }
            snappy(new BundleBuilder().record("v", entry.toByteArray())).write(directory.resolve("ckpt"));
        }
    },
    A_MILLION_BAD_CONSUMERS("unable to parse header") {
        @Override
        void make(Path directory) {
            ByteArrayOutputStream versions = new ByteArrayOutputStream();
            for (int i = 0; i < 5_000_000; i++) {
                versions.writeBytes(new byte[] {3 << 3, 2});
            }
            ByteArrayOutputStream header = new ByteArrayOutputStream();
            header.writeBytes(new byte[] {3 << 3 | 2, (byte) 0x80, (byte) 0xad, (byte) 0xe2, 4});
            header.writeBytes(versions.toByteArray());
            snappy(new BundleBuilder().rawHeader(header.toByteArray())).write(directory.resolve("ckpt"));
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
    V1_TENSOR_OF_A_MILLION_SLICES("more than 65536 slices") {
        @Override
        void make(Path directory) {
            byte[] slices = new byte[2 * 1_000_000];
            for (int at = 0; at < slices.length; at += 2) {
                slices[at] = 4 << 3 | 2;
            }
            ByteArrayOutputStream record = new ByteArrayOutputStream();
            record.writeBytes(new byte[] {1 << 3 | 2, (byte) 0x84, (byte) 0x89, 0x7a});
            record.writeBytes(new byte[] {1 << 3 | 2, (byte) 0x80, (byte) 0x89, 0x7a});
            record.writeBytes(slices);
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
    AN_OBJECT_GRAPH_OF_UNKNOWN_FIELDS("refers to an object that does not exist") {
        @Override
        void make(Path directory) throws IOException {
            ByteArrayOutputStream fields = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(fields);
            for (int field = 100; field < 1_000_000; field++) {
                out.writeBool(field, true);
            }
            out.flush();
            byte[] graph = TrackableObjectGraph.newBuilder()
                    .addNodes(TrackableObject.newBuilder()
                            .addChildren(ObjectReference.newBuilder().setNodeId(7)))
                    .build()
                    .toByteArray();
            byte[] attribute = message(TrackableObject.ATTRIBUTES_FIELD_NUMBER, fields.toByteArray());
            new BundleBuilder()
                    .strings(
                            "_CHECKPOINTABLE_OBJECT_GRAPH",
                            new long[0],
                            concat(message(TrackableObjectGraph.NODES_FIELD_NUMBER, attribute), graph))
                    .write(directory.resolve("ckpt"));
        }

        private static byte[] message(int field, byte[] contents) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            out.writeByteArray(field, contents);
            out.flush();
            return bytes.toByteArray();
        }

        private static byte[] concat(byte[] first, byte[] second) {
            byte[] both = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            return both;
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

    /** Returns part of the expected message. */
    public String answer() {
        return answer;
    }

    abstract void make(Path directory) throws IOException;

    /** Reads and verifies everything and returns the errors. */
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

    private static TensorSlice slice(int index) {
        return TensorSlice.ofExtents(new long[] {index}, new long[] {1});
    }

    /** Adds a partitioned tensor that lists its slices alternately from both ends. */
    private static void slices(BundleBuilder bundle, String name, int count, byte[] entry) {
        for (int i = 0; i < count; i++) {
            bundle.record(new SliceKey(name, slice(i)).encode(), entry);
        }
        bundle.record(name, partitioned(count));
    }

    private static byte[] partitioned(int count) {
        BundleEntryProto.Builder entry = BundleEntryProto.newBuilder()
                .setDtypeValue(DataType.DT_FLOAT.number())
                .setShape(BundleBuilder.shape(count));
        for (int i = 0; i < count; i++) {
            int at = i % 2 == 0 ? i / 2 : count - 1 - i / 2;
            entry.addSlicesBuilder().addExtentBuilder().setStart(at).setLength(1);
        }
        return entry.build().toByteArray();
    }

    private static byte[] shapedEntry() {
        return BundleEntryProto.newBuilder()
                .setDtypeValue(DataType.DT_FLOAT.number())
                .setShape(BundleBuilder.shape(4))
                .build()
                .toByteArray();
    }

    /** Writes a valid checkpoint of a given size, at most one megabyte, of as many tensors as possible. */
    private static Path valid(Path directory, long bytes) throws IOException {
        BundleBuilder bundle = new BundleBuilder().layout(1 << 18, 16, false);
        for (int i = 0; i < Math.min(bytes, 1 << 20) / 32; i++) {
            bundle.floats(String.format("scope/name_%06d", i), i);
        }
        return bundle.write(Files.createDirectories(directory).resolve("ckpt"));
    }

    private static long size(Path directory) throws IOException {
        long size = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                size += Files.size(file);
            }
        }
        return size;
    }

    private static double millis(Reading reading, int times) throws IOException {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            reading.run();
            least = Math.min(least, (System.nanoTime() - start) / 1e6);
        }
        return least;
    }

    /** Returns how many times as long an input takes as a valid checkpoint of its size; both are read repeatedly. */
    private static void compare(HostileInputs input, Path directory) throws IOException {
        long size = size(directory);
        Path valid = valid(directory.resolve("valid"), size);
        double own = millis(() -> input.ask(directory), 3);
        double others = millis(() -> FullRead.of(valid), 5);
        System.out.printf(
                "%-45s %,12d bytes %9.1f ms, valid %9.1f ms, factor %.1f%n", input, size, own, others, own / others);
    }

    /**
     * Writes the inputs ({@code make DIRECTORY}), which takes memory; reads them ({@code read DIRECTORY}) and prints name,
     * milliseconds and result of each; or prints how many times as long each takes as a valid checkpoint of its size
     * ({@code compare DIRECTORY}).
     */
    public static void main(String[] args) throws IOException {
        for (HostileInputs input : values()) {
            Path directory = Path.of(args[1]).resolve(input.name());
            switch (args[0]) {
                case "make" -> input.make(Files.createDirectories(directory));
                case "compare" -> compare(input, directory);
                default -> {
                    long start = System.nanoTime();
                    String answer = input.ask(directory).replaceAll("\\p{Cntrl}", " ");
                    System.out.println(input + "\t" + (System.nanoTime() - start) / 1_000_000 + "\t" + answer);
                }
            }
        }
    }
}
