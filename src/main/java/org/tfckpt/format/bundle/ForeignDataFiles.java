package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.FileKind;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;

/**
 * Names data files that are files of another kind, when bytes are missing or wrong. Until then it costs nothing; then a
 * file is judged once, since a million tensors may be in it. Thread-safe.
 */
final class ForeignDataFiles {
    /** What reading a file of another kind looks like. */
    private static final Set<ProblemKind> SYMPTOMS = EnumSet.of(
            ProblemKind.TRUNCATED, ProblemKind.TENSOR_CHECKSUM, ProblemKind.STRING_LENGTHS, ProblemKind.VARIANT);

    /** A few numbers may look like text. */
    private static final int MIN_TEXT = 12;

    private final ConcurrentMap<String, FileKind> kinds = new ConcurrentHashMap<>();

    /** Returns whether damage of a kind may be explained by the kind of the file. */
    static boolean isSymptom(ProblemKind kind) {
        return SYMPTOMS.contains(kind);
    }

    /** Returns the damage, or its explanation if the data file is of another kind. */
    DataLossException explain(DataLossException damage, ByteSource file) {
        FileKind kind = kinds.get(file.name());
        if (kind == null) {
            try {
                kind = kind(file);
            } catch (IOException unreadable) {
                damage.addSuppressed(unreadable);
                return damage;
            }
            kinds.put(file.name(), kind);
        }
        return kind.equals(FileKind.UNKNOWN)
                ? damage
                : new DataLossException(
                        kind.equals(FileKind.EMPTY) ? damage.kind() : ProblemKind.WRONG_FILE,
                        problem(kind),
                        damage.context().withHint(advice(kind)).withTensorFlow(damage.tensorFlowText()),
                        damage);
    }

    /** Returns the kind of a data file, unknown if its first bytes may be those of tensors. */
    static FileKind kind(ByteSource file) throws IOException {
        FileKind kind = FileKind.of(file);
        boolean perhapsTensors =
                kind.name().startsWith("full of zeros") || (kind.equals(FileKind.TEXT) && file.size() < MIN_TEXT);
        return perhapsTensors ? FileKind.UNKNOWN : kind;
    }

    static String problem(FileKind kind) {
        return "the data file is " + kind.name();
    }

    static String advice(FileKind kind) {
        boolean general = kind.advice().isEmpty() || kind.equals(FileKind.TABLE) || kind.equals(FileKind.STATE);
        return general ? "copy or download the data file of this checkpoint again" : kind.advice();
    }
}
