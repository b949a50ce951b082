package org.tfckpt;

import java.io.IOException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.StringData;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Copies a tensor from one checkpoint to another as it is stored, slice by slice.
 *
 * <p>Every byte is checked on its way: where the byte order stays, what was written must have the checksum that the
 * source states, which takes one walk through the bytes; else the source is checked before.
 */
final class TensorCopy {
    private final FormatReader from;
    private final BundleWriter to;
    private final ByteOrder order;
    private final String name;

    TensorCopy(FormatReader from, BundleWriter to, ByteOrder order, String name) {
        this.from = from;
        this.to = to;
        this.order = order;
        this.name = name;
    }

    void run(TensorInfo info) throws IOException {
        if (!info.isPartitioned()) {
            part(info, info, null);
        }
        for (TensorSlice slice : info.slices()) {
            part(info, stored(info, slice), slice);
        }
    }

    private TensorInfo stored(TensorInfo whole, TensorSlice slice) throws IOException {
        String key = TensorNames.decode(new SliceKey(whole.name(), slice).encode());
        TensorInfo stored = from.find(key);
        if (stored == null) {
            throw damage(whole, "Key " + TensorNames.printable(key) + " not found in checkpoint");
        }
        if (!slice.fits(whole.shape()) || !slice.of(whole.shape()).equals(stored.shape())) {
            throw damage(whole, "slice " + slice + " of " + whole.shape() + " has the shape " + stored.shape());
        }
        if (stored.dtypeNumber() != whole.dtypeNumber()) {
            throw damage(whole, "slice " + slice + " has the dtype " + DataType.shortName(stored.dtypeNumber()));
        }
        return stored;
    }

    private static DataLossException damage(TensorInfo whole, String problem) {
        return new DataLossException(ProblemKind.SLICES, problem, ErrorContext.NONE.ofTensor(whole.name()));
    }

    private void part(TensorInfo whole, TensorInfo stored, @Nullable TensorSlice slice) throws IOException {
        BundleWriter.Target target = new BundleWriter.Target(name, whole.dtype(), whole.shape(), slice);
        boolean sameOrder = whole.dtype().swapUnit() == 1 || from.byteOrder() == order;
        int written;
        if (whole.dtype() == DataType.DT_STRING) {
            StringData strings = from.strings(stored);
            if (!sameOrder) {
                strings.check();
            }
            written = to.addStrings(target, strings);
        } else if (whole.dtype().isFixedWidth()) {
            TensorData data = from.data(stored);
            if (!sameOrder) {
                data.check();
            }
            written = to.addElements(target, data::forEach);
        } else {
            throw new UnsupportedFormatException(
                    "Dtype " + DataType.shortName(whole.dtypeNumber()) + " not supported.",
                    ErrorContext.NONE.ofTensor(whole.name()));
        }
        if (sameOrder) {
            requireChecksum(stored, written);
        }
    }

    private static void requireChecksum(TensorInfo stored, int written) throws DataLossException {
        TensorInfo.Storage storage = stored.storage();
        if (storage != null && storage.crc32c() != written) {
            throw new DataLossException(
                    ProblemKind.TENSOR_CHECKSUM,
                    "Checksum does not match: tensor " + stored.name() + " is damaged, and is not copied",
                    ErrorContext.NONE
                            .ofTensor(stored.name())
                            .mismatch(String.format("%08x", storage.crc32c()), String.format("%08x", written)));
        }
    }
}
