package org.tfckpt.format.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteUse;
import org.tfckpt.io.OrderedWork;
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
    private final Visitor visitor;
    private final OrderedWork work;
    private final ByteUse use = new ByteUse();
    private byte @Nullable [] lastKey;
    /** Where the index block cannot be read to its end, bytes that seem to be nobody's may be those of its blocks. */
    private boolean allBlocksKnown;

    private int unknownBlocks;
    private long read;

    private TableVerification(Table table, Visitor visitor, OrderedWork work) {
        this.table = table;
        this.visitor = visitor;
        this.work = work;
    }

    /** Takes what is found, in the order of the table and on the caller's thread. */
    public interface Visitor {
        /**
         * Takes a problem.
         *
         * @param problem what is wrong
         * @throws IOException ends the walk
         */
        void problem(Problem problem) throws IOException;

        /**
         * Takes an entry of a block that is intact.
         *
         * @param key a copy
         * @param value a view
         * @throws IOException if the disk fails
         */
        void entry(byte[] key, ByteBuffer value) throws IOException;
    }

    /**
     * Walks a table.
     *
     * @param table what to walk
     * @param visitor told of problems and entries
     * @param work reads blocks, and checks them
     * @throws IOException if the disk fails
     */
    public static void run(Table table, Visitor visitor, OrderedWork work) throws IOException {
        new TableVerification(table, visitor, work).run();
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
        work.finish();
        space();
    }

    /** Nothing but the magic number guards these bytes; but every writer makes them the same way. */
    private void footer() throws IOException {
        ByteSource file = table.source();
        long start = file.size() - Footer.LENGTH;
        ByteBuffer right = ByteBuffer.wrap(table.footer().encode());
        int mismatch = file.read(start, Footer.LENGTH).mismatch(right);
        if (mismatch >= 0) {
            visitor.problem(new Problem(
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

    private void space(long offset, String message) throws IOException {
        visitor.problem(new Problem(table.name(), offset, null, ProblemKind.TABLE, message));
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
            work.add(() -> visitor.problem(e.toProblem()));
        }
    }

    private void block(BlockIterator index) throws IOException {
        ByteBuffer handle = index.value();
        unknownBlocks++;
        BlockHandle place = table.handle(handle.duplicate());
        unknownBlocks -= take(place) ? 1 : 0;
        // That blocks overlap is said in the end; to walk one again and again would take no end.
        read += Math.max(0, place.size());
        if (read <= table.source().size()) {
            work.add(new BlockJob(handle, place, Arrays.copyOf(index.keyBytes(), index.keyLength())));
        }
    }

    /** Reads a block by any thread, and looks through it in its turn. */
    private final class BlockJob implements OrderedWork.Job {
        private final ByteBuffer handle;
        private final BlockHandle place;
        private final byte[] separator;
        private @Nullable Block block;
        private @Nullable DataLossException failure;

        BlockJob(ByteBuffer handle, BlockHandle place, byte[] separator) {
            this.handle = handle;
            this.place = place;
            this.separator = separator;
        }

        @Override
        public long weight() {
            return place.size();
        }

        @Override
        public void run() throws IOException {
            try {
                block = table.block(handle);
            } catch (DataLossException e) {
                failure = e;
            }
        }

        @Override
        public void finish() throws IOException {
            if (lastKey != null && Arrays.compareUnsigned(separator, lastKey) < 0) {
                // The keys of the blocks before are all below their separators, so this separator is out of order.
                report(place.offset(), "index key " + text(separator) + " is below a key before it");
            }
            if (block == null) {
                if (failure != null) {
                    visitor.problem(failure.toProblem());
                }
                return;
            }
            try {
                entries(block, place.offset());
                restarts(block);
            } catch (DataLossException e) {
                visitor.problem(e.toProblem());
                return;
            }
            if (lastKey != null && Arrays.compareUnsigned(lastKey, separator) > 0) {
                report(place.offset(), "last key of the block is above its index key " + text(separator));
            }
            lastKey = separator;
        }
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

    private void report(long offset, String message) throws IOException {
        visitor.problem(new Problem(table.name(), offset, null, ProblemKind.KEY_ORDER, message));
    }

    private static String text(BlockIterator at) {
        return text(Arrays.copyOf(at.keyBytes(), at.keyLength()));
    }

    private static String text(byte[] key) {
        return "'" + TensorNames.printable(TensorNames.decode(key)) + "'";
    }
}
