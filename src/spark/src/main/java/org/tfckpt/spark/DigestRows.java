package org.tfckpt.spark;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;

/** The table {@code digests}. A digest is computed front to back, so a large tensor is not divided. */
final class DigestRows extends TableRows {
    private static final int SHA256 = 4;

    private final Pieces pieces;
    private final boolean readsValues;

    DigestRows(Input input) throws IOException {
        super(input);
        this.pieces = input.pieces();
        this.readsValues = input.table().readsValues(input.columns());
    }

    @Override
    Object @Nullable [] next() throws IOException {
        for (Pieces.Piece piece = pieces.next(); piece != null; piece = pieces.next()) {
            if (pieces.begins(piece)) {
                return of(piece.tensor());
            }
        }
        return null;
    }

    private Object[] of(TensorInfo tensor) throws IOException {
        Object[] row = row(tensor);
        if (!readsValues) {
            return row;
        }
        try {
            row[SHA256] = text(TensorDigest.sha256(input.checkpoint().tensor(tensor)));
            return row;
        } catch (CheckpointException e) {
            return row(tensor, e);
        }
    }
}
