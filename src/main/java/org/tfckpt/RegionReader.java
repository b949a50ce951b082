package org.tfckpt;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.StringData;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.TensorReader;
import org.tfckpt.format.VariantData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorSlice;

/** Opens the stored values of a region once, when they are first needed, and compares their checksums. Thread-safe. */
final class RegionReader {
    private final TensorReader reader;
    private final TensorSlice region;
    private final boolean checksums;
    private @Nullable TensorData data;
    private @Nullable StringData strings;

    RegionReader(TensorReader reader, TensorSlice region, boolean checksums) {
        this.reader = reader;
        this.region = region;
        this.checksums = checksums;
    }

    TensorReader reader() {
        return reader;
    }

    TensorSlice region() {
        return region;
    }

    RegionReader with(TensorSlice other) {
        return new RegionReader(reader, other, checksums);
    }

    RegionReader withoutChecksums() {
        return new RegionReader(reader, region, false);
    }

    /** Opens values of fixed width, and checks them unless checksums are disabled. */
    synchronized TensorData checkedData() throws IOException {
        TensorData opened = data();
        if (checksums) {
            opened.check();
        }
        return opened;
    }

    /** Passes all values of fixed width to a consumer, and checks them meanwhile unless checksums are disabled. */
    void forEach(ByteSource.Consumer consumer) throws IOException {
        TensorData opened = data();
        if (checksums) {
            opened.forEachChecked(consumer);
        } else {
            opened.forEach(consumer);
        }
    }

    private synchronized TensorData data() throws IOException {
        TensorData opened = data;
        if (opened == null) {
            opened = reader.data(region);
            data = opened;
        }
        return opened;
    }

    synchronized StringData strings() throws IOException {
        StringData opened = strings;
        if (opened == null) {
            opened = reader.strings(region);
            strings = opened;
        }
        if (checksums) {
            opened.check();
        }
        return opened;
    }

    /** Opens variants, which are always checked. */
    VariantData variants() throws IOException {
        return reader.variants(region);
    }

    /** Compares checksums even if they are disabled. */
    void check(DataType dtype) throws IOException {
        switch (dtype) {
            case DT_STRING -> strings().check();
            case DT_VARIANT -> variants();
            default -> data().check();
        }
    }

    /** Returns all bytes as a view, or as a copy if a view is not possible. */
    ByteBuffer allBytes(String name) throws IOException {
        TensorData bytes = data();
        if (bytes.size() > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("tensor '" + name + "' has " + bytes.size()
                    + " bytes, more than a buffer or an array can hold; use read or forEachPart");
        }
        ByteBuffer all = checksums ? bytes.readChecked() : bytes.read(0, (int) bytes.size());
        return all.asReadOnlyBuffer().order(bytes.order());
    }
}
