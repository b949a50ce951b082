package org.tfckpt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.StringData;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.TensorReader;
import org.tfckpt.format.VariantData;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.format.bundle.TensorPart;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/**
 * Copies a tensor from one checkpoint to another as it is stored, slice by slice, and checks every byte. If the byte
 * order stays the same, the checksum of the written bytes is compared with that of the source, so that the bytes are
 * read once; otherwise the source is checked first.
 */
final class TensorCopy {
    private final FormatReader from;
    private final BundleWriter to;
    private final ByteOrder order;

    TensorCopy(FormatReader from, BundleWriter to, ByteOrder order) {
        this.from = from;
        this.to = to;
        this.order = order;
    }

    void run(TensorInfo info, String name) throws IOException {
        TensorReader reader = from.open(info);
        if (!info.isPartitioned()) {
            part(reader, info, name, null, info.storage());
        }
        for (TensorSlice slice : info.slices()) {
            TensorInfo stored = from.findSlice(info, slice);
            part(reader, info, name, slice, stored == null ? null : stored.storage());
        }
    }

    private void part(
            TensorReader reader,
            TensorInfo info,
            String name,
            @Nullable TensorSlice slice,
            TensorInfo.@Nullable Storage stored)
            throws IOException {
        TensorPart target = new TensorPart(name, info.dtype(), info.shape(), slice);
        TensorSlice region = slice == null ? TensorSlice.full(info.shape().rank()) : slice;
        boolean comparable =
                stored != null && stored.hasCrc32c() && (info.dtype().swapUnit() == 1 || reader.order() == order);
        int written;
        if (info.dtype() == DataType.DT_STRING) {
            StringData strings = reader.strings(region);
            if (!comparable) {
                strings.check();
            }
            written = to.addStrings(target, strings);
        } else if (info.dtype() == DataType.DT_VARIANT) {
            written = to.addVariants(target, messages(reader.variants(region)));
        } else {
            TensorData data = reader.data(region);
            written = to.addElements(target, comparable ? data::forEach : data::forEachChecked);
        }
        if (comparable && stored != null) {
            requireChecksum(info, slice, stored, written);
        }
    }

    /** Returns the serialized variants, which were checked when they were opened. */
    static List<ByteBuffer> messages(VariantData variants) {
        return new AbstractList<>() {
            @Override
            public ByteBuffer get(int index) {
                return variants.get(index).message();
            }

            @Override
            public int size() {
                return variants.count();
            }
        };
    }

    private void requireChecksum(TensorInfo info, @Nullable TensorSlice slice, TensorInfo.Storage stored, int written)
            throws CheckpointException {
        if (stored.crc32c() != written) {
            String what = slice == null ? "the bytes of the tensor" : "the bytes of slice " + slice + " of the tensor";
            DataLossException damage = new DataLossException(
                    ProblemKind.TENSOR_CHECKSUM,
                    what + " do not match their checksum and cannot be copied",
                    ErrorContext.at(from.dataFile(stored.shard()).toString(), stored.offset())
                            .ofTensor(info.name())
                            .mismatch(String.format("%08x", stored.crc32c()), String.format("%08x", written)));
            throw from.explain(damage, stored.shard());
        }
    }
}
