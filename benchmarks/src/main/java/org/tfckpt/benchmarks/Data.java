package org.tfckpt.benchmarks;

import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.proto.SavedSlice;
import org.tfckpt.proto.SavedTensorSliceMeta;
import org.tfckpt.proto.SavedTensorSlices;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.proto.TensorSliceProto;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorSlice;

/** Checkpoints that are read in different ways. Public because they are JMH parameters. */
public enum Data {
    /** 2 GiB in 660 tensors. */
    FEW_LARGE {
        @Override
        void write(Path prefix) throws IOException {
            Fixture.write(prefix, 660, (int) ((2L << 30) / 660 / Float.BYTES * Float.BYTES));
        }
    },
    /** 200,000 tensors of 1 KiB. */
    MANY_SMALL {
        @Override
        void write(Path prefix) throws IOException {
            Fixture.write(prefix, 200_000, 1 << 10);
        }
    },
    /** 1.4 GB in 1,600 tensors from 4 bytes to 4 MiB. */
    MIXED {
        @Override
        void write(Path prefix) throws IOException {
            Fixture.write(prefix, 1600, 4, 1 << 10, 1 << 10, 4 << 10, 36 << 10, 576 << 10, 2304 << 10, 4 << 20);
        }
    },
    /** One tensor of 1,000,000 rows of 128 floats: 512 MB. */
    EMBEDDING {
        @Override
        void write(Path prefix) throws IOException {
            try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
                ByteBuffer rows = Fixture.random(ROWS * COLUMNS * Float.BYTES);
                out.add(NAME, Shape.of(ROWS, COLUMNS), ValueSource.of(DataType.DT_FLOAT, rows));
                out.finish();
            }
        }
    },
    /** The same tensor in 16 slices of rows. */
    PARTITIONED {
        @Override
        void write(Path prefix) throws IOException {
            Shape shape = Shape.of(ROWS, COLUMNS);
            int rows = ROWS / 16;
            ByteBuffer values = Fixture.random(rows * COLUMNS * Float.BYTES);
            try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
                for (int i = 0; i < 16; i++) {
                    TensorSlice slice = TensorSlice.parse(i * rows + "," + rows + ":-");
                    out.addSlice(NAME, new ShapeAndSlice(shape, slice), ValueSource.of(DataType.DT_FLOAT, values));
                }
                out.finish();
            }
        }
    },
    /** V1: 256 tensors of 1 MiB in one table. */
    V1 {
        @Override
        void write(Path prefix) throws IOException {
            writeV1(prefix, 256, 1 << 18);
        }
    },
    /** One tensor of 1,000,000 strings. */
    STRINGS {
        @Override
        void write(Path prefix) throws IOException {
            String[] words = new String[1_000_000];
            Random random = new Random(1);
            for (int i = 0; i < words.length; i++) {
                words[i] = "word-" + Integer.toHexString(random.nextInt());
            }
            try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
                out.add(NAME, Shape.of(words.length), ValueSource.of(words));
                out.finish();
            }
        }
    },
    /** The same strings, to be read as arrays. */
    STRING_ARRAYS {
        @Override
        void write(Path prefix) throws IOException {
            STRINGS.write(prefix);
        }
    },
    /** One tensor of 67,108,864 half values: 128 MiB. */
    HALF {
        @Override
        void write(Path prefix) throws IOException {
            writeSixteenBits(prefix, DataType.DT_HALF);
        }
    },
    /** One tensor of as many bfloat16 values. */
    BFLOAT16 {
        @Override
        void write(Path prefix) throws IOException {
            writeSixteenBits(prefix, DataType.DT_BFLOAT16);
        }
    };

    static final String NAME = "embedding/table";
    static final int ROWS = 1_000_000;
    private static final int COLUMNS = 128;

    abstract void write(Path prefix) throws IOException;

    Fixture fixture() throws IOException {
        return Fixture.of(name(), this::write);
    }

    private static void writeSixteenBits(Path prefix, DataType dtype) throws IOException {
        ByteBuffer values = Fixture.random(128 << 20);
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add(NAME, Shape.of(values.capacity() / Short.BYTES), ValueSource.of(dtype, values));
            out.finish();
        }
    }

    /** Written here, because no current writer produces V1. */
    private static void writeV1(Path file, int tensors, int floats) throws IOException {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dim.newBuilder().setSize(floats))
                .build();
        TensorSliceProto whole = TensorSliceProto.newBuilder()
                .addExtent(TensorSliceProto.Extent.newBuilder())
                .build();
        SavedTensorSliceMeta.Builder list = SavedTensorSliceMeta.newBuilder();
        list.getVersionsBuilder().setProducer(1);
        for (int i = 0; i < tensors; i++) {
            list.addTensorBuilder()
                    .setName(ByteString.copyFromUtf8(Fixture.name(i)))
                    .setTypeValue(DataType.DT_FLOAT.number())
                    .setShape(shape)
                    .addSlice(whole);
        }
        FloatBuffer values = Fixture.random(floats * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        TensorProto.Builder record = TensorProto.newBuilder();
        for (int i = 0; i < floats; i++) {
            record.addFloatVal(values.get(i));
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            TableBuilder table = new TableBuilder(out);
            table.add(
                    new byte[0],
                    SavedTensorSlices.newBuilder().setMeta(list).build().toByteArray());
            for (int i = 0; i < tensors; i++) {
                SavedSlice slice = SavedSlice.newBuilder()
                        .setName(ByteString.copyFromUtf8(Fixture.name(i)))
                        .setSlice(whole)
                        .setData(record.setFloatVal(0, i))
                        .build();
                table.add(
                        new SliceKey(Fixture.name(i), TensorSlice.full(1)).encode(),
                        SavedTensorSlices.newBuilder().setData(slice).build().toByteArray());
            }
            table.finish();
        }
    }
}
