package org.tfckpt.format.bundle;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteRanges;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.FileKind;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;

/** Finds the reason why tensors of a data file are damaged, if the whole file is not what it should be. */
final class DataFileDiagnosis {
    private static final long PART = 1 << 20;

    /** The end of the last range that an entry refers to. */
    private long end;

    private long intact;
    private long damaged;
    private long truncated;

    /** Counts an entry. Entries without bytes say nothing about the file. */
    void add(long entryEnd, @Nullable ProblemKind damage) {
        end = Math.max(end, entryEnd);
        if (damage == null) {
            intact++;
        } else {
            damaged++;
            truncated += damage == ProblemKind.TRUNCATED ? 1 : 0;
        }
    }

    /**
     * Returns the problem of the whole file, or null if only single tensors are damaged. Reads the file at most once.
     *
     * @param sizeIsKnown whether all entries of the file are known
     */
    @Nullable
    Problem of(ByteSource file, boolean sizeIsKnown) throws IOException {
        if (damaged == 0) {
            return null;
        }
        long size = file.size();
        if (size == 0) {
            return problem(file, ProblemKind.TRUNCATED, "the data file is empty; copy or download it again");
        }
        String foreign = intact > 0 ? null : foreign(file);
        if (foreign != null) {
            return problem(file, ProblemKind.WRONG_FILE, foreign);
        }
        if (sizeIsKnown && size > end && lineEndsWereConverted(file, size - end)) {
            return problem(
                    file,
                    ProblemKind.WRONG_FILE,
                    "line ends were converted: every LF has a CR before it, and the data file has " + (size - end)
                            + " bytes too many; transfer it again in binary mode");
        }
        if (sizeIsKnown && size == end && intact == 0 && damaged > 1) {
            return problem(
                    file,
                    ProblemKind.WRONG_FILE,
                    "no tensor has its checksum although the size is right: the data file probably belongs to another"
                            + " checkpoint");
        }
        if (truncated > 1 && size < end) {
            return problem(
                    file,
                    ProblemKind.TRUNCATED,
                    "the data file has " + size + " bytes, its tensors take " + end + "; copy or download it again");
        }
        return null;
    }

    private static Problem problem(ByteSource file, ProblemKind kind, String message) {
        return new Problem(file.name(), -1, null, kind, message);
    }

    private static @Nullable String foreign(ByteSource file) throws IOException {
        FileKind kind = ForeignDataFiles.kind(file);
        if (!kind.equals(FileKind.UNKNOWN)) {
            return ForeignDataFiles.problem(kind) + "; " + ForeignDataFiles.advice(kind);
        }
        return ByteRanges.isZero(file, 0, file.size())
                ? "the data file is full of zeros; copy or download it again: its content was not written"
                : null;
    }

    /** Whether each LF has a CR before it, and there are as many as bytes too many. */
    private static boolean lineEndsWereConverted(ByteSource file, long surplus) throws IOException {
        boolean[] afterReturn = {false};
        boolean[] bare = {false};
        long[] lines = {0};
        for (long at = 0; at < file.size() && !bare[0] && lines[0] <= surplus; at += PART) {
            file.forEach(at, Math.min(PART, file.size() - at), part -> {
                while (part.hasRemaining()) {
                    byte b = part.get();
                    if (b == '\n') {
                        lines[0]++;
                        bare[0] |= !afterReturn[0];
                    }
                    afterReturn[0] = b == '\r';
                }
            });
        }
        return !bare[0] && lines[0] == surplus;
    }
}
