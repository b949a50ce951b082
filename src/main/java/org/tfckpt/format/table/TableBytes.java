package org.tfckpt.format.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.io.ByteRanges;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;

/** Checks that every byte of a table belongs to exactly one block or to the footer. */
final class TableBytes {
    private final Table table;
    private final Problems problems;
    private final ByteRanges used = new ByteRanges();
    /** If the place of a block is unknown, unused bytes may belong to it and are not reported. */
    private boolean allBlocksKnown = true;

    /** Receives the problems found. */
    interface Problems {
        void add(Problem problem) throws IOException;
    }

    TableBytes(Table table, Problems problems) {
        this.table = table;
        this.problems = problems;
    }

    /** Checks the footer: it has no checksum, but all writers encode it in the same way. */
    void checkFooter() throws IOException {
        ByteSource file = table.source();
        long start = file.size() - Footer.LENGTH;
        ByteBuffer expected = ByteBuffer.wrap(table.footer().encode());
        int mismatch = file.read(start, Footer.LENGTH).mismatch(expected);
        if (mismatch >= 0) {
            report(start + mismatch, "the footer holds more than two block handles, zeros and the magic number");
        }
    }

    /** Records that the location of a block is unknown. */
    void unknown() {
        allBlocksKnown = false;
    }

    /** Adds the location of a block; returns false if it is not within the file. */
    boolean add(BlockHandle handle) throws IOException {
        long size = table.source().size();
        if (handle.size() >= 0
                && handle.offset() >= 0
                && handle.offset() <= size - handle.size() - BlockHandle.TRAILER_LENGTH) {
            used.add(handle.offset(), handle.size() + BlockHandle.TRAILER_LENGTH);
            return true;
        }
        return false;
    }

    /** Reports overlaps, and unused bytes that are not zero, after all data blocks were added. */
    void check() throws IOException {
        ByteSource file = table.source();
        add(table.footer().metaindex());
        add(table.footer().index());
        used.add(file.size() - Footer.LENGTH, Footer.LENGTH);
        used.check(
                file,
                (offset, length) -> report(offset, bytes(length) + " to more than one block"),
                (offset, length) -> {
                    if (allBlocksKnown) {
                        report(
                                offset,
                                bytes(length) + " to no block and "
                                        + (length == 1 ? "is not zero" : "are not all zero"));
                    }
                });
    }

    private static String bytes(long length) {
        return length == 1 ? "1 byte belongs" : length + " bytes belong";
    }

    private void report(long offset, String message) throws IOException {
        problems.add(new Problem(table.name(), offset, null, ProblemKind.TABLE, message));
    }
}
