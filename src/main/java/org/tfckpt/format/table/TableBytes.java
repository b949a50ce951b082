package org.tfckpt.format.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.io.ByteRanges;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;

/** Accounts for every byte of a table: each is a block's, of one alone, or the footer's. */
final class TableBytes {
    private final Table table;
    private final Problems problems;
    private final ByteRanges use = new ByteRanges();
    /** Where a block's place is not known, bytes that seem to be nobody's may be its own. */
    private boolean allBlocksKnown = true;

    /** Takes what is wrong. */
    interface Problems {
        void add(Problem problem) throws IOException;
    }

    TableBytes(Table table, Problems problems) {
        this.table = table;
        this.problems = problems;
    }

    /** Nothing but the magic number guards these bytes; but every writer makes them the same way. */
    void footer() throws IOException {
        ByteSource file = table.source();
        long start = file.size() - Footer.LENGTH;
        ByteBuffer right = ByteBuffer.wrap(table.footer().encode());
        int mismatch = file.read(start, Footer.LENGTH).mismatch(right);
        if (mismatch >= 0) {
            report(start + mismatch, "the footer holds more than two block handles, zeros and the magic number");
        }
    }

    /** Some block's place is not known. */
    void unknown() {
        allBlocksKnown = false;
    }

    /** Notes a block's place; whether there is such a place in the file. */
    boolean take(BlockHandle handle) throws IOException {
        long size = table.source().size();
        if (handle.size() >= 0
                && handle.offset() >= 0
                && handle.offset() <= size - handle.size() - BlockHandle.TRAILER_LENGTH) {
            use.add(handle.offset(), handle.size() + BlockHandle.TRAILER_LENGTH);
            return true;
        }
        return false;
    }

    /** When all data blocks were noted: every byte is a block's, and of one alone; but zeros harm nobody. */
    void check() throws IOException {
        ByteSource file = table.source();
        take(table.footer().metaindex());
        take(table.footer().index());
        use.add(file.size() - Footer.LENGTH, Footer.LENGTH);
        use.check(
                file,
                (offset, length) -> report(offset, length + " bytes belong to more than one block"),
                (offset, length) -> {
                    if (allBlocksKnown) {
                        report(offset, length + " bytes belong to no block and are not all zero");
                    }
                });
    }

    private void report(long offset, String message) throws IOException {
        problems.add(new Problem(table.name(), offset, null, ProblemKind.TABLE, message));
    }
}
