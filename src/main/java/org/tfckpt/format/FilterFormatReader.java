package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;

/** A reader of the files of another reader, which shows their tensors in another way. */
abstract class FilterFormatReader implements FormatReader {
    /** The reader of the files, which the caller closes. */
    final FormatReader all;

    FilterFormatReader(FormatReader all) {
        this.all = all;
    }

    @Override
    public final String format() {
        return all.format();
    }

    @Override
    public final ByteOrder byteOrder() {
        return all.byteOrder();
    }

    @Override
    public final int dataFileCount() {
        return all.dataFileCount();
    }

    @Override
    public final Path dataFile(int number) {
        return all.dataFile(number);
    }

    @Override
    public final boolean hasChecksums() {
        return all.hasChecksums();
    }

    @Override
    public final CheckpointException explain(DataLossException damage, int shard) {
        return all.explain(damage, shard);
    }

    @Override
    public final Totals verify(VerificationListener listener, OrderedWork work) throws IOException {
        return all.verify(listener, work);
    }

    /** Does nothing: the files belong to the other reader. */
    @Override
    public final void close() {}
}
