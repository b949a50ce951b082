package org.tfckpt.testing;

import static org.tfckpt.testing.V1Builder.floats;
import static org.tfckpt.testing.V1Builder.ints;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.DataType;

/** One intact checkpoint of each kind, small enough to flip every bit. */
public enum SmallCheckpoints {
    V2 {
        @Override
        void make(Path directory) {
            several(new BundleBuilder()).write(directory.resolve("ckpt"));
        }
    },
    SEVERAL_BLOCKS {
        @Override
        void make(Path directory) {
            several(new BundleBuilder().layout(64, 2, false)).write(directory.resolve("ckpt"));
        }
    },
    SNAPPY {
        @Override
        void make(Path directory) {
            BundleBuilder bundle = new BundleBuilder().layout(256, 16, true);
            for (int i = 0; i < 12; i++) {
                bundle.floats("scope/with/a/long/name/kernel_" + i, i);
            }
            bundle.write(directory.resolve("ckpt"));
        }
    },
    BIG_ENDIAN {
        @Override
        void make(Path directory) {
            several(new BundleBuilder().bigEndian()).write(directory.resolve("ckpt"));
        }
    },
    SHARDED {
        @Override
        void make(Path directory) {
            several(new BundleBuilder().floats("first", 7, 8).shard(1))
                    .shard(2)
                    .floats("last", 9)
                    .write(directory.resolve("ckpt"));
        }
    },
    PARTITIONED {
        @Override
        void make(Path directory) {
            Slices.tensor(
                            new BundleBuilder(),
                            "part",
                            DataType.DT_FLOAT,
                            new long[] {3, 2},
                            Slices.countingFloats(6),
                            "0,2:-",
                            "2,1:-")
                    .write(directory.resolve("ckpt"));
        }
    },
    STRINGS {
        @Override
        void make(Path directory) {
            Variants.add(
                            new BundleBuilder()
                                    .strings("s", "hello", "", "world")
                                    .strings("one", "x"),
                            "v",
                            new long[] {2},
                            Variants.variant("int", "1").build().toByteArray(),
                            Variants.variant("int", "2").build().toByteArray())
                    .write(directory.resolve("ckpt"));
        }
    },
    /** Aligned tensors, with zeros between them. */
    ALIGNED {
        @Override
        void make(Path directory) {
            several(new BundleBuilder().align(16)).write(directory.resolve("ckpt"));
        }
    },
    V1 {
        @Override
        void make(Path directory) {
            v1().write(directory.resolve("ckpt"));
        }
    },
    V1_SNAPPY {
        @Override
        void make(Path directory) {
            v1().layout(256, 16, true).write(directory.resolve("ckpt"));
        }
    },
    V1_SHARDED {
        @Override
        void make(Path directory) {
            long[] shape = {4};
            new V1Builder()
                    .slice("v", DataType.DT_INT32, shape, "0,2", ints(0, 1))
                    .write(directory.resolve("ckpt-00000-of-00002"));
            new V1Builder()
                    .slice("v", DataType.DT_INT32, shape, "2,2", ints(2, 3))
                    .tensor("w", DataType.DT_FLOAT, new long[] {2}, floats(1, 2))
                    .write(directory.resolve("ckpt-00001-of-00002"));
        }

        @Override
        public Path path(Path directory) {
            return directory.resolve("ckpt-?????-of-00002");
        }
    };

    abstract void make(Path directory);

    /** Returns the path to open. */
    public Path path(Path directory) {
        return directory.resolve("ckpt");
    }

    /** Writes the checkpoint into an empty directory. */
    public Path write(Path directory) {
        make(directory);
        return path(directory);
    }

    /** Returns the files of a directory and their contents. */
    public static Map<Path, byte[]> files(Path directory) {
        Map<Path, byte[]> files = new TreeMap<>();
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path file : entries.toList()) {
                files.put(file, Files.readAllBytes(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    /** Selects the bits to flip. */
    public interface Choice {
        IntStream of(int bits);
    }

    /** Called with one bit flipped. */
    public interface Look {
        void at(String place) throws IOException;
    }

    /** Flips bits of every file, one at a time, and restores the files. Returns the number of bits flipped. */
    public static int flip(Path directory, Choice choice, Look look) throws IOException {
        int tried = 0;
        for (Map.Entry<Path, byte[]> file : files(directory).entrySet()) {
            byte[] bytes = file.getValue();
            for (int bit : choice.of(Byte.SIZE * bytes.length).toArray()) {
                bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                Files.write(file.getKey(), bytes);
                look.at(file.getKey().getFileName() + " bit " + bit);
                tried++;
                bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            }
            Files.write(file.getKey(), bytes);
        }
        return tried;
    }

    private static BundleBuilder several(BundleBuilder bundle) {
        return bundle.floats("a", 1, 2)
                .tensor("bool", DataType.DT_BOOL, new long[] {3}, new byte[] {1, 0, 1})
                .floats("empty", new long[] {0, 3})
                .tensor("half", DataType.DT_HALF, new long[] {2, 1}, new byte[] {0, 60, 0, 64})
                .floats("scope/name", 4)
                .floats("scope/name_1", 5);
    }

    private static V1Builder v1() {
        TensorProto.Builder text = TensorProto.newBuilder()
                .addStringVal(ByteString.copyFromUtf8("x"))
                .addStringVal(ByteString.copyFromUtf8("yy"));
        return new V1Builder()
                .slice("v", DataType.DT_INT32, new long[] {2, 2}, "-:0,1", ints(0, 2))
                .slice("v", DataType.DT_INT32, new long[] {2, 2}, "-:1,1", ints(1, 3))
                .tensor("s", DataType.DT_STRING, new long[] {2}, text)
                .tensor("w", DataType.DT_FLOAT, new long[] {40}, floats(new float[40]));
    }
}
