package org.tfckpt.cli;

import java.util.Locale;
import org.tfckpt.tensor.TensorInfo;

/** What a list adds up to. */
final class ListTotals {
    private long tensors;
    private long parameters;
    private long bytes;

    void add(TensorInfo info) {
        tensors++;
        parameters += info.shape().elementCount().orElse(0);
        bytes += Math.max(0, info.byteSize());
    }

    long tensors() {
        return tensors;
    }

    long parameters() {
        return parameters;
    }

    long bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,d tensors, %,d parameters, %,d bytes", tensors, parameters, bytes);
    }
}
