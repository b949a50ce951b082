package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** Where the bytes of tensors lie. */
final class TensorLocations {
    private TensorLocations() {}

    /** One place, or that of each slice; nothing where values lie in records. */
    static List<TensorInfo.Storage> of(Checkpoint checkpoint, TensorInfo tensor) throws IOException {
        TensorInfo.Storage storage = tensor.storage();
        if (storage != null) {
            return List.of(storage);
        }
        List<TensorInfo.Storage> places = new ArrayList<>(tensor.slices().size());
        for (TensorSlice slice : tensor.slices()) {
            Optional<TensorInfo> stored = checkpoint.findSlice(tensor, slice);
            TensorInfo.Storage place = stored.isPresent() ? stored.get().storage() : null;
            if (place != null) {
                places.add(place);
            }
        }
        return places;
    }
}
