package org.tfckpt.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.format.SliceKey;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** The stored tensors and slices of a checkpoint in the order of writing: by data file, then by offset. */
public final class Pieces {
    private Pieces() {}

    /**
     * A tensor, or a slice of one.
     *
     * @param whole the tensor
     * @param slice the slice, or null for a whole tensor
     * @param stored the entry of the piece
     */
    public record Piece(TensorInfo whole, @Nullable TensorSlice slice, TensorInfo stored) {
        public TensorInfo.Storage storage() {
            TensorInfo.Storage storage = stored.storage();
            if (storage == null) {
                throw new IllegalStateException(stored + " has no bytes");
            }
            return storage;
        }
    }

    public static List<Piece> of(Checkpoint checkpoint) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        for (TensorInfo info : checkpoint.tensors().toList()) {
            if (!info.isPartitioned()) {
                pieces.add(new Piece(info, null, info));
            }
            for (TensorSlice slice : info.slices()) {
                String key = TensorNames.decode(new SliceKey(info.name(), slice).encode());
                pieces.add(new Piece(info, slice, checkpoint.find(key).orElseThrow()));
            }
        }
        // An empty tensor has the offset of the next one.
        pieces.sort(Comparator.comparingInt((Piece piece) -> piece.storage().shard())
                .thenComparingLong(piece -> piece.storage().offset())
                .thenComparingLong(piece -> piece.storage().size()));
        return pieces;
    }
}
