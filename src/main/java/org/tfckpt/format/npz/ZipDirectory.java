package org.tfckpt.format.npz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.FileKind;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Reads the central directory of a zip archive, and checks it against the local headers. The JDK's {@code ZipFile} does
 * not give the offset of a member, which is needed to map it.
 *
 * <p>The format is that of <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE.TXT</a>. The
 * end of the file is the end record (22 bytes and a comment); before it are, in archives beyond 4 GiB, a record with
 * 64-bit numbers and its locator.
 */
final class ZipDirectory {
    private static final int END = 0x06054b50;
    private static final int END_LENGTH = 22;
    private static final int END64 = 0x06064b50;
    private static final int END64_LENGTH = 56;
    private static final int LOCATOR = 0x07064b50;
    private static final int LOCATOR_LENGTH = 20;
    private static final int CENTRAL = 0x02014b50;
    private static final int CENTRAL_LENGTH = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_LENGTH = 30;
    private static final int EXTRA64 = 1;

    private static final int MAX_COMMENT = 0xffff;
    /** A directory of a million members; a larger one would not fit the memory. */
    private static final long MAX_DIRECTORY = 1L << 28;
    /** The largest factor by which deflate compresses. */
    private static final long MAX_RATIO = 1032;

    private static final int ENCRYPTED = 1;
    private static final int SIZES_FOLLOW = 1 << 3;
    private static final int UTF8 = 1 << 11;

    private final ByteSource file;
    private final List<ZipMember> members = new ArrayList<>();
    private long directory;
    private long directorySize;
    private long count;
    /** The number of bytes before the archive, as a self-extracting one has. */
    private long before;

    private ZipDirectory(ByteSource file) {
        this.file = file;
    }

    /** Reads the members whose names have a suffix, ignores others, and checks that no two members share bytes. */
    static List<ZipMember> read(ByteSource file, String suffix) throws IOException {
        ZipDirectory zip = new ZipDirectory(file);
        zip.end();
        zip.directory(suffix);
        zip.requireDisjoint();
        zip.members.removeIf(member -> !member.name().endsWith(suffix));
        return zip.members;
    }

    private DataLossException damaged(ProblemKind kind, String problem, long offset) {
        return new DataLossException(kind, problem, ErrorContext.at(file.name(), offset));
    }

    private DataLossException damaged(String problem, long offset) {
        return damaged(ProblemKind.HEADER, problem, offset);
    }

    private UnsupportedFormatException unsupported(String problem, @Nullable String member) {
        return new UnsupportedFormatException(
                problem, ErrorContext.at(file.name(), -1).ofTensor(member));
    }

    private void end() throws IOException {
        long size = file.size();
        int tailLength = (int) Math.min(size, END_LENGTH + MAX_COMMENT);
        ByteBuffer tail = file.read(size - tailLength, tailLength);
        int at = tailLength - END_LENGTH;
        while (at >= 0 && !isEnd(tail, at)) {
            at--;
        }
        if (at < 0) {
            throw notZip();
        }
        long end = size - tailLength + at;
        count = Short.toUnsignedInt(tail.getShort(at + 10));
        directorySize = Integer.toUnsignedLong(tail.getInt(at + 12));
        long stated = Integer.toUnsignedLong(tail.getInt(at + 16));
        int disk = Short.toUnsignedInt(tail.getShort(at + 4));
        int firstDisk = Short.toUnsignedInt(tail.getShort(at + 6));
        long countHere = Short.toUnsignedInt(tail.getShort(at + 8));
        long locator = end - LOCATOR_LENGTH;
        if (locator >= 0 && file.read(locator, LOCATOR_LENGTH).getInt(0) == LOCATOR) {
            end = locator - END64_LENGTH;
            if (end < 0 || file.read(end, END64_LENGTH).getInt(0) != END64) {
                throw damaged("the zip64 locator is not preceded by the end record", locator);
            }
            ByteBuffer end64 = file.read(end, END64_LENGTH);
            disk = end64.getInt(16) | file.read(locator, LOCATOR_LENGTH).getInt(4);
            firstDisk = end64.getInt(20);
            countHere = end64.getLong(24);
            count = end64.getLong(32);
            directorySize = end64.getLong(40);
            stated = end64.getLong(48);
        }
        if (disk != 0 || firstDisk != 0 || countHere != count) {
            throw unsupported("the archive is one of several parts", null);
        }
        directory = end - directorySize;
        before = directory - stated;
        if (directorySize < 0 || directory < 0 || stated < 0 || before < 0) {
            throw damaged("the end record contradicts the file", end);
        }
        if (directorySize > MAX_DIRECTORY || count < 0 || count > directorySize / CENTRAL_LENGTH) {
            throw damaged("the directory cannot have " + count + " members in " + directorySize + " bytes", end);
        }
    }

    /** Returns whether the end record is at an offset, with a comment that ends with the file. */
    private static boolean isEnd(ByteBuffer tail, int at) {
        return tail.getInt(at) == END && at + END_LENGTH + Short.toUnsignedInt(tail.getShort(at + 20)) == tail.limit();
    }

    /** Returns the exception for a file without an end record: it may be a file of another kind, or truncated. */
    private CheckpointException notZip() throws IOException {
        FileKind kind = FileKind.of(file);
        if (kind.equals(FileKind.NPZ)
                || kind.equals(FileKind.UNKNOWN)
                || kind.name().contains("zip")) {
            return damaged(ProblemKind.TRUNCATED, "the zip archive has no end record: it may be truncated", -1);
        }
        String message = kind.insteadOf("'" + file.name() + "'", "a NumPy archive (npz)");
        return new UnsupportedFormatException(
                message, kind.advice().isEmpty() ? ErrorContext.NONE : ErrorContext.hint(kind.advice()));
    }

    private void directory(String suffix) throws IOException {
        ByteBuffer all = file.read(directory, (int) directorySize);
        int at = 0;
        for (long i = 0; i < count; i++) {
            if (all.limit() - at < CENTRAL_LENGTH || all.getInt(at) != CENTRAL) {
                throw damaged("the directory has no entry of member " + i, directory + at);
            }
            int nameLength = Short.toUnsignedInt(all.getShort(at + 28));
            int extraLength = Short.toUnsignedInt(all.getShort(at + 30));
            int commentLength = Short.toUnsignedInt(all.getShort(at + 32));
            int length = CENTRAL_LENGTH + nameLength + extraLength + commentLength;
            if (all.limit() - at < length) {
                throw damaged("the directory ends within an entry", directory + at);
            }
            member(all.slice(at, length).order(ByteOrder.LITTLE_ENDIAN), nameLength, extraLength, suffix);
            at += length;
        }
        if (at != all.limit()) {
            throw damaged("the directory has more entries than its end record states", directory + at);
        }
    }

    private void member(ByteBuffer entry, int nameLength, int extraLength, String suffix) throws IOException {
        int flags = entry.getShort(8);
        int method = Short.toUnsignedInt(entry.getShort(10));
        byte[] bytes = new byte[nameLength];
        entry.get(CENTRAL_LENGTH, bytes);
        String name = name(bytes, (flags & UTF8) != 0);
        ByteBuffer extra = extra64(entry, CENTRAL_LENGTH + nameLength, extraLength);
        long size = number(entry, 24, extra);
        long compressedSize = number(entry, 20, extra);
        long header = number(entry, 42, extra);
        int disk = Short.toUnsignedInt(entry.getShort(34));
        if (disk != 0 && !(disk == 0xffff && extra.remaining() >= 4 && extra.getInt() == 0)) {
            throw unsupported("the archive is one of several parts", name);
        }
        if (name.endsWith(suffix)) {
            requireReadable(name, flags, method, compressedSize, size);
        }
        if (compressedSize < 0 || size < 0 || header < 0 || header > directory - before - LOCAL_LENGTH) {
            throw damaged("the place of member '" + name + "' is not in the file", directory);
        }
        ZipMember member = new ZipMember(name, method != 0, entry.getInt(16), compressedSize, size, before + header, 0);
        long offset = local(entry, bytes, member);
        if (compressedSize > directory - offset) {
            throw damaged(ProblemKind.TRUNCATED, "the member '" + name + "' ends beyond the directory", offset);
        }
        members.add(member.at(offset));
    }

    private String name(byte[] bytes, boolean utf8) throws DataLossException {
        // Without the flag names are in the code page of DOS, if the JVM has it.
        Charset charset = utf8
                ? StandardCharsets.UTF_8
                : Charset.isSupported("IBM437") ? Charset.forName("IBM437") : StandardCharsets.ISO_8859_1;
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new DataLossException(
                    ProblemKind.ENTRY, "the name of a member is not UTF-8", ErrorContext.at(file.name(), directory), e);
        }
    }

    private void requireReadable(String name, int flags, int method, long compressedSize, long size)
            throws CheckpointException {
        if ((flags & ENCRYPTED) != 0) {
            throw unsupported("the member is encrypted", name);
        }
        if (method != 0 && method != 8) {
            throw unsupported("compression method " + method + " is not supported, only stored and deflated", name);
        }
        boolean possible = method == 0 ? size == compressedSize : size / MAX_RATIO <= compressedSize;
        if (!possible) {
            throw damaged(
                    ProblemKind.SIZE,
                    "the member '" + name + "' cannot have " + size + " bytes in " + compressedSize,
                    directory);
        }
    }

    /** Returns a 32-bit number, or the next 64-bit number of the extra field that stands for it. */
    private static long number(ByteBuffer record, int at, ByteBuffer extra) {
        int number = record.getInt(at);
        // Without an extra field the number may be 2^32 - 1.
        return number != -1 || extra.remaining() < Long.BYTES ? Integer.toUnsignedLong(number) : extra.getLong();
    }

    /** Returns the extra field with 64-bit numbers, empty if there is none. */
    private ByteBuffer extra64(ByteBuffer record, int from, int length) throws DataLossException {
        int end = from + length;
        for (int at = from; at + 4 <= end; ) {
            int size = Short.toUnsignedInt(record.getShort(at + 2));
            if (size > end - at - 4) {
                throw damaged("an extra field of a member is longer than all of them", directory);
            }
            if (record.getShort(at) == EXTRA64) {
                return record.slice(at + 4, size).order(ByteOrder.LITTLE_ENDIAN);
            }
            at += 4 + size;
        }
        return ByteBuffer.allocate(0);
    }

    /** Compares the local header with the entry of the directory; returns the offset after it. */
    private long local(ByteBuffer entry, byte[] nameBytes, ZipMember member) throws IOException {
        ByteBuffer fixed = file.read(member.header(), LOCAL_LENGTH);
        int nameLength = Short.toUnsignedInt(fixed.getShort(26));
        int extraLength = Short.toUnsignedInt(fixed.getShort(28));
        if (fixed.getInt(0) != LOCAL || nameLength != nameBytes.length) {
            throw contradiction(member);
        }
        ByteBuffer rest = file.read(member.header() + LOCAL_LENGTH, nameLength + extraLength);
        ByteBuffer extra = extra64(rest, nameLength, extraLength);
        long localSize = number(fixed, 22, extra);
        long localCompressed = number(fixed, 18, extra);
        boolean sizesFollow = (entry.getShort(8) & SIZES_FOLLOW) != 0;
        boolean equal = rest.slice(0, nameLength).equals(ByteBuffer.wrap(nameBytes))
                && fixed.getShort(6) == entry.getShort(8)
                && fixed.getShort(8) == entry.getShort(10)
                && isStated(localSize, member.size(), sizesFollow)
                && isStated(localCompressed, member.compressedSize(), sizesFollow)
                && isStated(fixed.getInt(14), member.crc(), sizesFollow);
        if (!equal) {
            throw contradiction(member);
        }
        return member.header() + LOCAL_LENGTH + nameLength + extraLength;
    }

    /** If the sizes follow the data, the header may have zeros. */
    private static boolean isStated(long local, long central, boolean sizesFollow) {
        return local == central || (sizesFollow && local == 0);
    }

    private DataLossException contradiction(ZipMember member) {
        return damaged(
                "the local header contradicts the directory for member '" + member.name() + "'", member.header());
    }

    private void requireDisjoint() throws DataLossException {
        members.sort(Comparator.comparingLong(ZipMember::header));
        long end = 0;
        for (ZipMember member : members) {
            if (member.header() < end) {
                throw damaged(
                        ProblemKind.OVERLAP, "the member '" + member.name() + "' overlaps another", member.header());
            }
            end = member.end();
        }
    }
}
