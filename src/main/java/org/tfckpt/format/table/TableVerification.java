package org.tfckpt.format.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
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
    private final TableBytes bytes;
    private byte @Nullable [] lastKey;
    /** The index key of the block before, whatever became of that block. */
    private byte @Nullable [] lastSeparator;

    private long read;
    private boolean overlap;

    private TableVerification(Table table, Visitor visitor) {
        this.table = table;
        this.visitor = visitor;
        this.bytes = new TableBytes(table, visitor::problem);
    }

    /** Takes every intact entry, and what is wrong with the others and with the table. */
    public interface Visitor {
        /**
         * Takes something that is wrong and hides no entry.
         *
         * @param problem where, and what
         */
        void problem(Problem problem);

        /**
         * Takes a block whose entries cannot be read, from the first of them or from one in its middle.
         *
         * @param problem where, what, and between which keys they lie
         */
        void lost(Problem problem);

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
     * @throws IOException if the disk fails
     */
    public static void run(Table table, Visitor visitor) throws IOException {
        new TableVerification(table, visitor).run();
    }

    private void run() throws IOException {
        bytes.footer();
        attempt(() -> {
            if (table.metaindex().entriesEnd() != 0) {
                throw table.metaindex().badEntry("an empty metaindex block", "entries");
            }
        });
        blocks();
        bytes.check();
    }

    private void blocks() throws IOException {
        BlockIterator index = table.indexIterator();
        try {
            for (index.seekToFirst(); index.valid(); index.next()) {
                byte[] separator = Arrays.copyOf(index.keyBytes(), index.keyLength());
                try {
                    block(index, separator);
                } catch (DataLossException e) {
                    lost(e.toProblem(), separator);
                }
                lastSeparator = separator;
            }
        } catch (DataLossException e) {
            bytes.unknown();
            lost(e.toProblem(), null);
        }
    }

    private void lost(Problem problem, byte @Nullable [] last) {
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

    private void block(BlockIterator index, byte[] separator) throws IOException {
        ByteBuffer handle = index.value();
        BlockHandle place = handle(handle.duplicate());
        long offset = place.offset();
        // That blocks overlap is said in the end; to walk one again and again would take no end.
        read += Math.max(0, place.size());
        if (read > table.source().size()) {
            if (!overlap) {
                overlap = true;
                throw new DataLossException(
                        ProblemKind.TABLE,
                        "blocks overlap, none is read from here on",
                        ErrorContext.at(table.name(), offset));
            }
            return;
        }
        if (lastKey != null && index.compareKey(lastKey) < 0) {
            // The keys of the blocks before are all below their separators, so this separator is out of order.
            report(offset, "index key " + text(index) + " is below a key before it");
        }
        Block block = table.block(handle);
        try {
            entries(block, offset);
            attempt(() -> restarts(block));
        } finally {
            block.release();
        }
        if (lastKey != null && Arrays.compareUnsigned(lastKey, separator) > 0) {
            report(offset, "last key of the block is above its index key " + text(separator));
        }
        lastKey = separator;
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

    private void report(long offset, String message) {
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
