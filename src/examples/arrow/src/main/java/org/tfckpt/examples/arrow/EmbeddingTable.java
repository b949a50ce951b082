package org.tfckpt.examples.arrow;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ForeignAllocation;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.StringVector;

/**
 * An embedding as an Arrow table: one row per word, with the columns {@code word} (if there is a vocabulary) and
 * {@code vector}. Values of a mapped data file are not copied: Arrow's buffers refer to the mapping.
 */
public final class EmbeddingTable {
    /** Rows of a batch: a buffer of Java has at most 2 GiB. */
    private static final int BATCH = 65_536;

    private static final FieldType FLOAT =
            FieldType.notNullable(new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE));

    private final Tensor embedding;
    private final Optional<Tensor> words;
    private final Schema schema;

    /**
     * Creates a table. Nothing is read yet.
     *
     * @param embedding the tensor of shape [rows, width]
     * @param words the string tensor of shape [rows], if the checkpoint has one
     */
    public EmbeddingTable(Tensor embedding, Optional<Tensor> words) {
        Shape shape = embedding.shape();
        if (shape.rank() != 2
                || words.filter(vector -> !isVocabulary(vector, shape)).isPresent()) {
            throw new IllegalArgumentException(
                    "the embedding " + embedding + " and the words " + words + " do not fit");
        }
        this.embedding = embedding;
        this.words = words;
        int width = Math.toIntExact(shape.dimension(1));
        List<Field> columns = new ArrayList<>();
        if (words.isPresent()) {
            columns.add(new Field("word", FieldType.notNullable(new ArrowType.Utf8()), null));
        }
        Field element = new Field("item", FLOAT, null);
        columns.add(new Field("vector", FieldType.notNullable(new ArrowType.FixedSizeList(width)), List.of(element)));
        schema = new Schema(columns);
    }

    private static boolean isVocabulary(Tensor words, Shape embedding) {
        return words.dtype() == DataType.DT_STRING && words.shape().equals(Shape.of(embedding.dimension(0)));
    }

    /** Returns the table of two tensors of a checkpoint. */
    public static EmbeddingTable of(Checkpoint checkpoint, String embedding, Optional<String> words)
            throws IOException {
        Optional<Tensor> vocabulary =
                words.isPresent() ? Optional.of(checkpoint.tensor(words.get())) : Optional.empty();
        return new EmbeddingTable(checkpoint.tensor(embedding), vocabulary);
    }

    /** Returns the number of batches. */
    public int batches() {
        return (int) ((embedding.shape().dimension(0) + BATCH - 1) / BATCH);
    }

    /** Creates the vectors that {@link #load} fills. The caller closes them. */
    public VectorSchemaRoot newRoot(BufferAllocator allocator) {
        return VectorSchemaRoot.create(schema, allocator);
    }

    /** Puts a batch of rows into vectors. Every byte is checked against its checksum. */
    public void load(int batch, VectorSchemaRoot root, BufferAllocator allocator) throws IOException {
        int first = batch * BATCH;
        int rows = (int) Math.min(BATCH, embedding.shape().dimension(0) - first);
        List<ArrowFieldNode> nodes = new ArrayList<>();
        List<ArrowBuf> buffers = new ArrayList<>();
        if (words.isPresent()) {
            StringVector vector = words.get().asStringVector(first, rows);
            nodes.add(new ArrowFieldNode(rows, 0));
            buffers.add(allocator.getEmpty()); // validity: no word is null
            buffers.add(copy(vector.offsets(), allocator));
            buffers.add(reference(vector.data(), allocator));
        }
        Tensor part = embedding.slice(first + "," + rows + ":-");
        nodes.add(new ArrowFieldNode(rows, 0));
        buffers.add(allocator.getEmpty());
        nodes.add(new ArrowFieldNode(part.shape().elements(), 0));
        buffers.add(allocator.getEmpty());
        buffers.add(
                part.dtype() == DataType.DT_FLOAT && part.order() == ByteOrder.LITTLE_ENDIAN
                        ? reference(part.asByteBuffer(), allocator)
                        : copy(part.toFloatArray(), allocator));
        try (ArrowRecordBatch loaded = new ArrowRecordBatch(rows, nodes, buffers)) {
            buffers.forEach(ArrowBuf::close); // The batch has its own references.
            new VectorLoader(root).load(loaded);
        }
    }

    /** Writes the table in Arrow's file format, which is also version 2 of Feather. */
    public void write(WritableByteChannel file, BufferAllocator allocator) throws IOException {
        try (VectorSchemaRoot root = newRoot(allocator);
                ArrowFileWriter writer = new ArrowFileWriter(root, null, file)) {
            writer.start();
            for (int batch = 0; batch < batches(); batch++) {
                load(batch, root, allocator);
                writer.writeBatch();
            }
            writer.end();
        }
    }

    /** Returns a buffer for the memory of another one, which stays reachable until Arrow releases it. */
    private static ArrowBuf reference(ByteBuffer bytes, BufferAllocator allocator) {
        if (!bytes.isDirect()) {
            ArrowBuf copy = allocator.buffer(bytes.remaining());
            copy.setBytes(0, bytes);
            return copy.writerIndex(copy.capacity());
        }
        long address = MemoryUtil.getByteBufferAddress(bytes) + bytes.position();
        ArrowBuf reference = allocator.wrapForeignAllocation(new ForeignAllocation(bytes.remaining(), address) {
            @Override
            protected void release0() {
                Reference.reachabilityFence(bytes);
            }
        });
        return reference.writerIndex(reference.capacity());
    }

    private static ArrowBuf copy(IntBuffer numbers, BufferAllocator allocator) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Integer.BYTES * numbers.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(numbers);
        return reference(bytes, allocator);
    }

    private static ArrowBuf copy(float[] numbers, BufferAllocator allocator) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(FloatBuffer.wrap(numbers));
        return reference(bytes, allocator);
    }
}
