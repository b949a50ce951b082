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
 * Verifies a whole table, and continues after a damaged block. Checks checksums, entries, restart points, the order of
 * keys, that the index keys separate the blocks, and that every byte of the file belongs to one block or to the footer.
 */
public final class TableVerification {
    /** The length in bytes at which keys in messages are truncated. */
    private static final int MAX_SHOWN_BYTES = 200;

    private final Table table;
    private final Visitor visitor;
    private final OrderedWork work;
    private final TableBytes bytes;
    /** The next key must be greater than this: the last key or, after an intact block, the index key of the block. */
    private byte @Nullable [] lowerBound;
    /** The index key of the previous block, intact or not. */
    private byte @Nullable [] lastSeparator;

    /** The total size of the blocks so far. */
    private long blockBytes;

    private boolean overlap;

    private TableVerification(Table table, Visitor visitor, OrderedWork work) {
        this.table = table;
        this.visitor = visitor;
        this.work = work;
        this.bytes = new TableBytes(table, visitor::problem);
    }

    /** Receives intact entries and problems, in the order of the table and on the caller's thread. */
    public interface Visitor {
        /** Called for a problem that does not affect any entry. */
        void problem(Problem problem) throws IOException;

        /**
         * Called for a block whose entries, or the last of them, cannot be read; the problem has the range of the lost
         * keys.
         */
        void lost(Problem problem) throws IOException;

        /**
         * Called for each intact entry, with a copy of its key, and a view of its value that is valid as long as the
         * table's values are.
         */
        void entry(byte[] key, ByteBuffer value) throws IOException;
    }

    /** Verifies a table, whose blocks {@code work} reads and checks. */
    public static void run(Table table, Visitor visitor, OrderedWork work) throws IOException {
        new TableVerification(table, visitor, work).run();
    }

    private void run() throws IOException {
        bytes.checkFooter();
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

    /** Returns the job for an index entry. */
    private OrderedWork.Job job(ByteBuffer handle, byte[] separator) throws IOException {
        try {
            BlockHandle place = handle(handle.duplicate());
            // A hostile index could refer to the same block again and again.
            blockBytes += Math.max(0, place.size());
            if (blockBytes <= table.source().size()) {
                return new BlockJob(handle, place, separator);
            }
            if (overlap) {
                return () -> lastSeparator = separator;
            }
            overlap = true;
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "blocks overlap; the rest of the table is not read",
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

    /** Returns the greater of the last key read and the index key of the previous block. */
    private byte @Nullable [] lastReached() {
        boolean keyIsGreater =
                lastSeparator == null || (lowerBound != null && Arrays.compareUnsigned(lowerBound, lastSeparator) > 0);
        return keyIsGreater ? lowerBound : lastSeparator;
    }

    private static String between(byte @Nullable [] before, byte @Nullable [] last) {
        if (before == null) {
            return last == null ? "" : ", up to " + text(last);
        }
        return last == null ? ", all after " + text(before) : ", between " + text(before) + " and " + text(last);
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

    /** Reads a block on any thread, and checks its entries on the caller's thread. */
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
            if (lowerBound != null && Arrays.compareUnsigned(separator, lowerBound) < 0) {
                // The keys of earlier blocks are not greater than their index keys, so this index key is out of order.
                report(place.offset(), "index key " + text(separator) + " is less than an earlier key");
            }
            try {
                if (block != null) {
                    check(block);
                } else if (failure != null) {
                    throw failure;
                }
                lastSeparator = separator;
            } catch (DataLossException e) {
                lostBlock(e, separator);
            }
        }

        private void check(Block loaded) throws IOException {
            try {
                entries(loaded, place.offset());
                attempt(() -> restarts(loaded));
            } finally {
                loaded.release();
            }
            if (lowerBound != null && Arrays.compareUnsigned(lowerBound, separator) > 0) {
                report(place.offset(), "last key of the block is greater than its index key " + text(separator));
            }
            lowerBound = separator;
        }
    }

    private BlockHandle handle(ByteBuffer value) throws IOException {
        try {
            BlockHandle place = table.handle(value);
            if (!bytes.add(place)) {
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
            if (lowerBound != null && at.compareKey(lowerBound) <= 0) {
                report(
                        offset,
                        "key " + text(at)
                                + (first ? " belongs to an earlier block" : " is not greater than the previous key"));
            }
            first = false;
            byte[] key = Arrays.copyOf(at.keyBytes(), at.keyLength());
            lowerBound = key;
            visitor.entry(key, at.value());
        }
    }

    /** Checks the restart points: lookups start at them, so a wrong one hides keys that a scan finds. */
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
                throw block.badEntry("a restart point at a key stored in full", restart + " near entry " + entry);
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
        byte[] shown = key.length > MAX_SHOWN_BYTES ? Arrays.copyOf(key, MAX_SHOWN_BYTES) : key;
        return "'" + TensorNames.printable(TensorNames.decode(shown)) + (shown == key ? "'" : "…'");
    }
}
