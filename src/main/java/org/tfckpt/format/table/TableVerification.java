package org.tfckpt.format.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/**
 * Walks a whole table, block by block, and goes on behind a damaged one: checksums, entries, restart points, the order of
 * keys, that the index block's keys separate the blocks, and that every byte of the file is a block's or the footer's.
 */
public final class TableVerification {
    /** Of keys in messages. */
    private static final int LONGEST_SHOWN = 200;

    private final Table table;
    private final Visitor visitor;
    private final OrderedWork work;
    private final TableBytes bytes;
    private byte @Nullable [] lastKey;
    /** The index key of the block before, whatever became of that block. */
    private byte @Nullable [] lastSeparator;

    private long read;
    private boolean overlap;

    private TableVerification(Table table, Visitor visitor, OrderedWork work) {
        this.table = table;
        this.visitor = visitor;
        this.work = work;
        this.bytes = new TableBytes(table, visitor::problem);
    }

    /**
     * Takes every intact entry, and what is wrong with the others and with the table, in the order of the table and on the
     * caller's thread.
     */
    public interface Visitor {
        /**
         * Takes something that is wrong and hides no entry.
         *
         * @param problem where, and what
         * @throws IOException ends the walk
         */
        void problem(Problem problem) throws IOException;

        /**
         * Takes a block whose entries cannot be read, from the first of them or from one in its middle.
         *
         * @param problem where, what, and between which keys they lie
         * @throws IOException ends the walk
         */
        void lost(Problem problem) throws IOException;

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
     * @param visitor told of each problem, and of each entry of the blocks that are intact
     * @param work reads blocks, and checks them
     * @throws IOException if the disk fails
     */
    public static void run(Table table, Visitor visitor, OrderedWork work) throws IOException {
        new TableVerification(table, visitor, work).run();
    }

    private void run() throws IOException {
        bytes.footer();
        attempt(() -> {
            if (table.metaindex().entriesEnd() != 0) {
                throw table.metaindex().badEntry("an empty metaindex block", "entries");
            }
        });
        blocks();
        work.finish();
        bytes.check();
    }

    private void blocks() throws IOException {
        BlockIterator index = table.indexIterator();
        try {
            for (index.seekToFirst(); index.valid(); index.next()) {
                work.add(job(index.value(), Arrays.copyOf(index.keyBytes(), index.keyLength())));
            }
        } catch (DataLossException e) {
            bytes.unknown();
            work.add(() -> lost(e.toProblem(), null));
        }
    }

    /** What is to be done about the block of an index entry. */
    private OrderedWork.Job job(ByteBuffer handle, byte[] separator) throws IOException {
        try {
            BlockHandle place = handle(handle.duplicate());
            // That blocks overlap is said in the end; to walk one again and again would take no end.
            read += Math.max(0, place.size());
            if (read <= table.source().size()) {
                return new BlockJob(handle, place, separator);
            }
            if (overlap) {
                return () -> lastSeparator = separator;
            }
            overlap = true;
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "blocks overlap, none is read from here on",
                    ErrorContext.at(table.name(), place.offset()));
        } catch (DataLossException e) {
            return () -> lostBlock(e, separator);
        }
    }

    private void lostBlock(DataLossException damage, byte[] separator) throws IOException {
        lost(damage.toProblem(), separator);
        lastSeparator = separator;
    }

    private void lost(Problem problem, byte @Nullable [] last) throws IOException {
        visitor.lost(new Problem(
                problem.file(),
                problem.offset(),
                problem.tensor(),
                problem.kind(),
                problem.message() + "; its keys are lost" + between(lastReached(), last)));
    }

    /** The last key that was read, or the index key of a block behind it that was not. */
    private byte @Nullable [] lastReached() {
        boolean read = lastSeparator == null || (lastKey != null && Arrays.compareUnsigned(lastKey, lastSeparator) > 0);
        return read ? lastKey : lastSeparator;
    }

    private static String between(byte @Nullable [] before, byte @Nullable [] last) {
        if (before == null) {
            return last == null ? "" : ", up to " + text(last);
        }
        return last == null ? ", all behind " + text(before) : ", between " + text(before) + " and " + text(last);
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) throws IOException {
        try {
            step.run();
        } catch (DataLossException e) {
            visitor.problem(e.toProblem());
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
            return Math.max(0, place.size());
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
            try {
                if (block != null) {
                    walk(block);
                } else if (failure != null) {
                    throw failure;
                }
                lastSeparator = separator;
            } catch (DataLossException e) {
                lostBlock(e, separator);
            }
        }

        private void walk(Block read) throws IOException {
            try {
                entries(read, place.offset());
                attempt(() -> restarts(read));
            } finally {
                read.release();
            }
            if (lastKey != null && Arrays.compareUnsigned(lastKey, separator) > 0) {
                report(place.offset(), "last key of the block is above its index key " + text(separator));
            }
            lastKey = separator;
        }
    }

    private BlockHandle handle(ByteBuffer value) throws IOException {
        try {
            BlockHandle place = table.handle(value);
            if (!bytes.take(place)) {
                bytes.unknown();
            }
            return place;
        } catch (DataLossException e) {
            bytes.unknown();
            throw e;
        }
    }

    private void entries(Block block, long offset) throws IOException {
        if (block.restartCount() == 0 && block.entriesEnd() > 0) {
            throw block.badEntry("a restart point at the first entry", "none");
        }
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
        byte[] shown = key.length > LONGEST_SHOWN ? Arrays.copyOf(key, LONGEST_SHOWN) : key;
        return "'" + TensorNames.printable(TensorNames.decode(shown)) + (shown == key ? "'" : "…'");
    }
}
