package org.tfckpt.cli;

import org.tfckpt.tensor.TensorInfo;

/** The totals of a listing. */
final class ListTotals {
    long tensors;
    long parameters;
    long bytes;

    void add(TensorInfo info) {
        tensors++;
        parameters += info.shape().elementCount().orElse(0);
        bytes += Math.max(0, info.byteSize());
    }

    @Override
    public String toString() {
        return Plural.of(tensors, "tensor") + ", " + Plural.of(parameters, "parameter") + ", "
                + Plural.of(bytes, "byte");
    }
}
