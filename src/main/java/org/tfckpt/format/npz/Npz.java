package org.tfckpt.format.npz;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipException;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.RangeData;
import org.tfckpt.format.StoredArray;
import org.tfckpt.format.StoredArrays;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.io.FileAccess;
import org.tfckpt.io.FileKind;
import org.tfckpt.io.RangeStream;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Opens npz and npy files, which checks all of their structure. */
public final class Npz {
    /** The name of the format of archives. */
    public static final String NPZ = "npz";
    /** The name of the format of single arrays. */
    public static final String NPY = "npy";

    private static final String SUFFIX = ".npy";

    private Npz() {}

    /**
     * Opens an archive of arrays, which the caller closes. Values have the CRC-32 of the archive. If {@code
     * assumeBfloat16}, arrays of two bytes without a type are bfloat16.
     */
    public static FormatReader openArchive(Path path, FileAccess access, boolean assumeBfloat16) throws IOException {
        ByteSource archive = ByteSources.open(path, access);
        try {
            TemporarySources temporary = new TemporarySources();
            List<StoredArray> arrays = new ArrayList<>();
            for (ZipMember member : ZipDirectory.read(archive, SUFFIX)) {
                arrays.add(member(archive, member, temporary, assumeBfloat16));
            }
            return new StoredArrays(NPZ, path.toString(), true, List.of(path), arrays, List.of(archive, temporary));
        } catch (IOException | RuntimeException | Error e) {
            archive.close();
            throw e;
        }
    }

    private static StoredArray member(
            ByteSource archive, ZipMember member, TemporarySources temporary, boolean assumeBfloat16)
            throws IOException {
        String name = member.name().substring(0, member.name().length() - SUFFIX.length());
        ErrorContext place = ErrorContext.at(archive.name(), member.offset()).ofTensor(name);
        NpyHeader header;
        try (InputStream in = member.open(archive)) {
            header = NpyHeader.read(in, place, assumeBfloat16);
        } catch (ZipException | EOFException e) {
            throw new DataLossException(
                    ProblemKind.ENTRY, "the compressed bytes cannot be inflated: " + e.getMessage(), place, e);
        }
        requireSize(header, member.size(), place);
        if (member.deflated()) {
            return new NpyArray(
                    name,
                    header,
                    null,
                    archive.name(),
                    () -> new DeflatedData(archive, member, header.length(), header.order(), temporary, place));
        }
        MemberCheck check = new MemberCheck(archive, member, place);
        long offset = member.offset() + header.length();
        long size = member.size() - header.length();
        return new NpyArray(
                name,
                header,
                new TensorInfo.Storage(0, offset, size),
                archive.name(),
                () -> new RangeData(archive, offset, size, header.order(), name, check));
    }

    private static void requireSize(NpyHeader header, long size, ErrorContext place) throws DataLossException {
        long wanted = header.dataSize();
        long found = size - header.length();
        if (wanted >= 0 && wanted != found) {
            ProblemKind kind = wanted > found ? ProblemKind.TRUNCATED : ProblemKind.UNUSED_BYTES;
            throw new DataLossException(
                    kind,
                    wanted > found ? "the values end before the shape is filled" : "more follows the values",
                    place.mismatch(wanted + " bytes", found + " bytes"));
        }
    }

    /**
     * Opens a single array, which the caller closes. Its tensor has the name of the file, without {@code .npy}. If
     * {@code assumeBfloat16}, an array of two bytes without a type is bfloat16.
     */
    public static FormatReader openArray(Path path, FileAccess access, boolean assumeBfloat16) throws IOException {
        ByteSource file = ByteSources.open(path, access);
        try {
            String fileName = String.valueOf(path.getFileName());
            String name =
                    fileName.endsWith(SUFFIX) ? fileName.substring(0, fileName.length() - SUFFIX.length()) : fileName;
            FileKind kind = FileKind.of(file);
            if (!kind.equals(FileKind.NPY) && !kind.equals(FileKind.UNKNOWN)) {
                throw new UnsupportedFormatException(
                        kind.insteadOf("'" + path + "'", "a NumPy array (npy)"),
                        kind.advice().isEmpty() ? ErrorContext.NONE : ErrorContext.hint(kind.advice()));
            }
            ErrorContext place = ErrorContext.at(file.name(), 0).ofTensor(name);
            NpyHeader header = NpyHeader.read(new RangeStream(file, 0, file.size()), place, assumeBfloat16);
            requireSize(header, file.size(), place);
            long size = file.size() - header.length();
            StoredArray array = new NpyArray(
                    name,
                    header,
                    new TensorInfo.Storage(0, header.length(), size),
                    file.name(),
                    () -> new RangeData(file, header.length(), size, header.order(), name, RangeData.Check.NONE));
            return new StoredArrays(NPY, path.toString(), false, List.of(path), List.of(array), List.of(file));
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }
}
