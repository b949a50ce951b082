package org.tfckpt.format.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteUse;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/**
 * Walks a whole table, block by block, and goes on behind a damaged one: checksums, entries, restart points, the order of
 * keys, that the index block's keys separate the blocks, and that every byte of the file is a block's or the footer's.
 */
public final class TableVerification {
    private final Table table;
    private final Consumer<Problem> problems;
    private final Visitor visitor;
    private final ByteUse use = new ByteUse();
    private byte @Nullable [] lastKey;
    /** Where the index block cannot be read to its end, bytes that seem to be nobody's may be those of its blocks. */
    private boolean allBlocksKnown;

    private int unknownBlocks;
    private long read;

    private TableVerification(Table table, Consumer<Problem> problems, Visitor visitor) {
        this.table = table;
        this.problems = problems;
        this.visitor = visitor;
    }

    /** Takes every intact entry. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Takes an entry.
         *
         * @param key a copy
         * @param value a view, as valid as the table's values are
         * @throws IOException if the disk fails
         */
        void entry(byte[] key, ByteBuffer value) throws IOException;
    }

    /**
     * Walks a table.
     *
     * @param table what to walk
     * @param problems told of each problem
     * @param visitor told of each entry of the blocks that are intact
     * @throws IOException if the disk fails
     */
    public static void run(Table table, Consumer<Problem> problems, Visitor visitor) throws IOException {
        new TableVerification(table, problems, visitor).run();
    }

    private void run() throws IOException {
        footer();
        attempt(() -> {
            if (table.metaindex().entriesEnd() != 0) {
                throw table.metaindex().badEntry("an empty metaindex block", "entries");
            }
        });
        BlockIterator index = table.indexIterator();
        attempt(() -> {
            for (index.seekToFirst(); index.valid(); index.next()) {
                attempt(() -> block(index));
            }
            allBlocksKnown = unknownBlocks == 0;
        });
        space();
    }

    /** Nothing but the magic number guards these bytes; but every writer makes them the same way. */
    private void footer() throws IOException {
        ByteSource file = table.source();
        long start = file.size() - Footer.LENGTH;
        ByteBuffer right = ByteBuffer.wrap(table.footer().encode());
        int mismatch = file.read(start, Footer.LENGTH).mismatch(right);
        if (mismatch >= 0) {
            problems.accept(new Problem(
                    table.name(),
                    start + mismatch,
                    null,
                    ProblemKind.TABLE,
                    "the footer holds more than two block handles, zeros and the magic number"));
        }
    }

    /** Every byte of the file is a block's, and of one alone; but zeros harm nobody. */
    private void space() throws IOException {
        ByteSource file = table.source();
        take(table.footer().metaindex());
        take(table.footer().index());
        use.add(file.size() - Footer.LENGTH, Footer.LENGTH);
        use.check(
                file,
                (offset, length) -> space(offset, length + " bytes belong to more than one block"),
                (offset, length) -> {
                    if (allBlocksKnown) {
                        space(offset, length + " bytes belong to no block and are not all zero");
                    }
                });
    }

    private void space(long offset, String message) {
        problems.accept(new Problem(table.name(), offset, null, ProblemKind.TABLE, message));
    }

    private boolean take(BlockHandle handle) throws IOException {
        long size = table.source().size();
        if (handle.size() >= 0
                && handle.offset() >= 0
                && handle.offset() <= size - handle.size() - BlockHandle.TRAILER_LENGTH) {
            use.add(handle.offset(), handle.size() + BlockHandle.TRAILER_LENGTH);
            return true;
        }
        return false;
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) throws IOException {
        try {
            step.run();
        } catch (DataLossException e) {
            problems.accept(e.toProblem());
        }
    }

    private void block(BlockIterator index) throws IOException {
        ByteBuffer handle = index.value();
        unknownBlocks++;
        BlockHandle place = table.handle(handle.duplicate());
        long offset = place.offset();
        unknownBlocks -= take(place) ? 1 : 0;
        // That blocks overlap is said in the end; to walk one again and again would take no end.
        read += Math.max(0, place.size());
        if (read > table.source().size()) {
            return;
        }
        if (lastKey != null && index.compareKey(lastKey) < 0) {
            // The keys of the blocks before are all below their separators, so this separator is out of order.
            report(offset, "index key " + text(index) + " is below a key before it");
        }
        byte[] separator = Arrays.copyOf(index.keyBytes(), index.keyLength());
        Block block = table.block(handle);
        try {
            entries(block, offset);
            restarts(block);
        } finally {
            block.release();
        }
        if (lastKey != null && Arrays.compareUnsigned(lastKey, separator) > 0) {
            report(offset, "last key of the block is above its index key " + text(separator));
        }
        lastKey = separator;
    }

    private void entries(Block block, long offset) throws IOException {
        BlockIterator at = new BlockIterator(block);
        boolean first = true;
        for (at.seekToFirst(); at.valid(); at.next()) {
            // The last key of the block before is replaced by its separator, which may equal it but not the next key.
            if (lastKey != null && at.compareKey(lastKey) <= 0) {
                report(
                        offset,
                        "key " + text(at)
                                + (first ? " belongs into an earlier block" : " is not above the one before"));
            }
            first = false;
            byte[] key = Arrays.copyOf(at.keyBytes(), at.keyLength());
            lastKey = key;
            visitor.entry(key, at.value());
        }
    }

    /** Lookups start from restart points; a wrong one hides keys that a scan finds. */
    private static void restarts(Block block) throws DataLossException {
        if (block.restartCount() == 0 && block.entriesEnd() > 0) {
            throw block.badEntry("a restart point at the first entry", "none");
        }
        int entry = 0;
        BlockIterator at = new BlockIterator(block);
        at.seekToFirst();
        for (int i = 0; i < block.restartCount(); i++) {
            int restart = block.restart(i);
            while (at.valid() && at.start() < restart) {
                at.next();
                entry++;
            }
            boolean emptyBlock = i == 0 && restart == 0 && !at.valid();
            if (!emptyBlock && (!at.valid() || at.start() != restart || at.shared() != 0)) {
                throw block.badEntry("a restart point at a key spelled out", restart + " near entry " + entry);
            }
        }
    }

    private void report(long offset, String message) {
        problems.accept(new Problem(table.name(), offset, null, ProblemKind.KEY_ORDER, message));
    }

    private static String text(BlockIterator at) {
        return text(Arrays.copyOf(at.keyBytes(), at.keyLength()));
    }

    private static String text(byte[] key) {
        return "'" + TensorNames.printable(TensorNames.decode(key)) + "'";
    }
}
