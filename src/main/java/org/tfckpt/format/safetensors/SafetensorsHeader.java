package org.tfckpt.format.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.StoredArrays;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.FileKind;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Reads and checks the header of a safetensors file: 8 bytes, little-endian, with the length of the JSON text; the text,
 * which may end with spaces. The data begins after it, and has no gaps.
 */
final class SafetensorsHeader {
    /** The limit of the reference implementation. */
    static final long MAX_LENGTH = 100_000_000;

    static final String METADATA = "__metadata__";
    /** The header, a tensor, its shape. */
    private static final int DEPTH = 3;

    private static final Comparator<TensorInfo.Storage> BY_OFFSETS =
            Comparator.comparingLong(TensorInfo.Storage::offset).thenComparingLong(TensorInfo.Storage::size);

    private final ByteSource file;
    private final int shard;
    private final List<TensorInfo> tensors = new ArrayList<>();
    private final long[] shape = new long[Shape.MAX_RANK];
    private final long[] offsets = new long[2];
    private long data;
    private boolean hasMetadata;

    private SafetensorsHeader(ByteSource file, int shard) {
        this.file = file;
        this.shard = shard;
    }

    /** Returns the tensors of a file in the order of its header. Two of them may have the same name. */
    static List<TensorInfo> read(ByteSource file, int shard) throws IOException {
        SafetensorsHeader header = new SafetensorsHeader(file, shard);
        header.parse();
        header.requireNoGaps();
        return header.tensors;
    }

    private void parse() throws IOException {
        int length = length();
        data = (long) Long.BYTES + length;
        JsonReader json = JsonReader.open(file, Long.BYTES, length, DEPTH);
        json.beginObject("an object");
        for (String name = json.nextKey(); name != null; name = json.nextKey()) {
            json.tensor(name);
            if (name.equals(METADATA)) {
                metadata(json);
            } else {
                tensors.add(tensor(json, name));
            }
            json.tensor(null);
        }
        json.end();
    }

    private int length() throws IOException {
        long size = file.size();
        if (size < Long.BYTES + 2) {
            throw notSafetensors("fewer bytes than a header takes", Long.BYTES + 2, size);
        }
        ByteBuffer start = file.read(0, Long.BYTES + 1);
        long length = start.getLong(0);
        if (length < 0 || length > MAX_LENGTH) {
            String found = Long.toUnsignedString(length);
            throw notSafetensors("the header is too long", "at most " + MAX_LENGTH + " bytes", found);
        }
        if (length > size - Long.BYTES) {
            throw notSafetensors("the header ends beyond the file", (size - Long.BYTES) + " bytes", length);
        }
        if (length < 2 || start.get(Long.BYTES) != '{') {
            throw notSafetensors("the header is not a JSON object", "'{'", "another character");
        }
        requireEnd(length);
        return (int) length;
    }

    /** Only spaces may follow the object; JSON would permit other white space. */
    private void requireEnd(long length) throws IOException {
        for (long end = Long.BYTES + length; end > Long.BYTES; ) {
            int count = (int) Math.min(1 << 12, end - Long.BYTES);
            end -= count;
            ByteBuffer part = file.read(end, count);
            for (int i = count - 1; i >= 0; i--) {
                if (part.get(i) != ' ') {
                    if (part.get(i) == '}') {
                        return;
                    }
                    throw malformed(ProblemKind.HEADER, "the header does not end with '}' and spaces", null);
                }
            }
        }
    }

    /** Returns the exception for a file that does not begin as it should: it may be a file of another kind. */
    private CheckpointException notSafetensors(String problem, Object expected, Object found) throws IOException {
        FileKind kind = FileKind.of(file);
        if (kind.equals(FileKind.UNKNOWN) || kind.equals(FileKind.SAFETENSORS)) {
            ErrorContext place = ErrorContext.at(file.name(), 0).mismatch(expected, found);
            return new DataLossException(ProblemKind.HEADER, problem, place);
        }
        String message = kind.insteadOf("'" + file.name() + "'", "a safetensors file");
        return new UnsupportedFormatException(
                message, kind.advice().isEmpty() ? ErrorContext.NONE : ErrorContext.hint(kind.advice()));
    }

    private DataLossException malformed(ProblemKind kind, String problem, @Nullable String tensor) {
        return new DataLossException(
                kind, problem, ErrorContext.at(file.name(), -1).ofTensor(tensor));
    }

    private void metadata(JsonReader json) throws DataLossException {
        Set<String> keys = new HashSet<>();
        if (hasMetadata) {
            throw json.malformed("'" + METADATA + "' appears twice", null);
        }
        hasMetadata = true;
        if (json.beginObjectOrNull("an object of strings")) {
            for (String key = json.nextKey(); key != null; key = json.nextKey()) {
                if (!keys.add(key)) {
                    throw json.malformed("a key of '" + METADATA + "' appears twice", null);
                }
                json.string("a string");
            }
        }
    }

    private TensorInfo tensor(JsonReader json, String name) throws CheckpointException {
        SafetensorsType type = null;
        int rank = -1;
        int ends = -1;
        json.beginObject("an object with dtype, shape and data_offsets");
        for (String key = json.nextKey(); key != null; key = json.nextKey()) {
            switch (key) {
                case "dtype" -> {
                    requireFirst(type == null, json);
                    type = type(json.string("the name of a dtype"), name);
                }
                case "shape" -> {
                    requireFirst(rank < 0, json);
                    rank = json.numbers(shape, "a shape of integers that are not negative");
                }
                case "data_offsets" -> {
                    requireFirst(ends < 0, json);
                    ends = json.numbers(offsets, "two offsets that are integers and not negative");
                }
                default -> json.skip();
            }
        }
        if (type == null || rank < 0 || ends != 2) {
            throw json.malformed("a tensor needs dtype, shape and two data_offsets", null);
        }
        if (rank > Shape.MAX_RANK) {
            throw malformed(ProblemKind.SHAPE, "more than " + Shape.MAX_RANK + " dimensions", name);
        }
        Shape size = Shape.of(Arrays.copyOf(shape, rank));
        long bytes = checkedSize(name, type, size, offsets[0], offsets[1]);
        TensorInfo.Storage storage = new TensorInfo.Storage(shard, data + offsets[0], bytes);
        return new TensorInfo(name, type.dtypeNumber(), size, storage, List.of());
    }

    private void requireFirst(boolean first, JsonReader json) throws DataLossException {
        if (!first) {
            throw json.malformed("a key appears twice", null);
        }
    }

    private SafetensorsType type(String text, String name) throws UnsupportedFormatException {
        SafetensorsType type = SafetensorsType.ofName(text);
        if (type == null) {
            ErrorContext place = ErrorContext.at(file.name(), -1).ofTensor(name);
            throw new UnsupportedFormatException("the dtype '" + text + "' is not known", place);
        }
        return type;
    }

    private long checkedSize(String name, SafetensorsType type, Shape size, long begin, long end)
            throws DataLossException {
        long elements = size.elementCount().orElse(-1);
        if (elements < 0 || elements > Long.MAX_VALUE / type.bits()) {
            throw malformed(ProblemKind.SHAPE, "no tensor can have the shape " + size, name);
        }
        if (begin > end || end > Long.MAX_VALUE - data) {
            throw malformed(ProblemKind.ENTRY, "the offsets " + begin + " and " + end + " are no range", name);
        }
        long bits = elements * type.bits();
        if (bits % Byte.SIZE != 0 || bits / Byte.SIZE != end - begin) {
            throw new DataLossException(
                    ProblemKind.SIZE,
                    "the offsets do not fit dtype and shape",
                    ErrorContext.at(file.name(), -1)
                            .ofTensor(name)
                            .mismatch(bits % Byte.SIZE == 0 ? bits / Byte.SIZE : bits + " bits", end - begin));
        }
        return end - begin;
    }

    static TensorInfo.Storage storage(TensorInfo tensor) {
        return Objects.requireNonNull(tensor.storage());
    }

    private void requireNoGaps() throws IOException {
        List<TensorInfo> sorted = new ArrayList<>(tensors);
        sorted.sort((a, b) -> BY_OFFSETS.compare(storage(a), storage(b)));
        long at = data;
        for (TensorInfo tensor : sorted) {
            long begin = storage(tensor).offset();
            if (begin != at) {
                requireDistinctNames();
                ErrorContext place = ErrorContext.at(file.name(), begin)
                        .ofTensor(tensor.name())
                        .mismatch("an offset of " + (at - data), begin - data);
                throw begin < at
                        ? new DataLossException(ProblemKind.OVERLAP, "two tensors share bytes", place)
                        : new DataLossException(ProblemKind.UNUSED_BYTES, "bytes belong to no tensor", place);
            }
            at += storage(tensor).size();
        }
        long size = file.size();
        if (at != size) {
            ErrorContext place = ErrorContext.at(file.name(), Math.min(at, size))
                    .mismatch("a file of " + at + " bytes", size + " bytes");
            throw at > size
                    ? new DataLossException(ProblemKind.TRUNCATED, "the file ends before its tensors", place)
                    : new DataLossException(ProblemKind.UNUSED_BYTES, "more follows the last tensor", place);
        }
    }

    /** If not, they explain why bytes are shared. */
    private void requireDistinctNames() throws DataLossException {
        Set<String> names = new HashSet<>();
        for (TensorInfo tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw StoredArrays.twice(ErrorContext.at(file.name(), -1).ofTensor(tensor.name()));
            }
        }
    }
}
