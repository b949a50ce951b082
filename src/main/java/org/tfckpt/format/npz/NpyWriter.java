package org.tfckpt.format.npz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.tfckpt.format.Destination;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.format.NewTensor;
import org.tfckpt.format.NewValues;

/** Writes one array as {@code numpy.save} does. */
public final class NpyWriter implements FormatWriter {
    /** Creates a writer. */
    public NpyWriter() {}

    @Override
    public String format() {
        return Npz.NPY;
    }

    @Override
    public Fit fit(NewTensor tensor) throws IOException {
        return NpyFormat.fit(tensor);
    }

    @Override
    public long size(NewTensor tensor) throws IOException {
        return NpyFormat.size(tensor);
    }

    @Override
    public void write(Path target, boolean overwrite, List<NewTensor> tensors, LongConsumer progress)
            throws IOException {
        if (tensors.size() != 1) {
            throw new IllegalArgumentException(
                    "an npy file holds one tensor, not " + tensors.size() + "; use the suffix .npz for more");
        }
        Destination.write(
                target, overwrite, progress, file -> NpyFormat.write(tensors.get(0), new NewValues(file, null)));
    }
}
