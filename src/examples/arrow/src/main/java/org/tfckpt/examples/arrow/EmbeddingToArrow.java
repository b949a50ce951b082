package org.tfckpt.examples.arrow;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.tfckpt.Checkpoint;

/**
 * Writes an embedding to an Arrow file, and reads the file back.
 *
 * <p>Arguments: a checkpoint, the name of the embedding, the file to write and, optionally, the name of the string tensor with
 * the words.
 */
public final class EmbeddingToArrow {
    private EmbeddingToArrow() {}

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[2]);
        try (BufferAllocator allocator = new RootAllocator()) {
            try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]));
                    FileChannel out = FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                Optional<String> words = args.length > 3 ? Optional.of(args[3]) : Optional.empty();
                EmbeddingTable.of(checkpoint, args[1], words).write(out, allocator);
            }
            try (FileChannel in = FileChannel.open(file);
                    ArrowFileReader reader = new ArrowFileReader(in, allocator)) {
                VectorSchemaRoot root = reader.getVectorSchemaRoot();
                System.out.println(root.getSchema());
                for (int first = 0; reader.loadNextBatch(); first += root.getRowCount()) {
                    System.out.println(root.getRowCount() + " rows from " + first + ", the first is "
                            + root.getVector("vector").getObject(0));
                }
            }
        }
    }
}
