package org.tfckpt.format.safetensors;

import java.util.ArrayList;
import java.util.List;
import org.tfckpt.format.NewTensor;

/** Distributes tensors over the files of a set. */
final class Split {
    private Split() {}

    private static long size(NewTensor tensor) {
        return tensor.shape().elements() * tensor.dtype().width();
    }

    static long size(List<NewTensor> tensors) {
        return tensors.stream().mapToLong(Split::size).sum();
    }

    /** Splits as Hugging Face does: a tensor that is larger than the limit gets a file of its own. */
    static List<List<NewTensor>> bySize(List<NewTensor> tensors, long limit) {
        List<List<NewTensor>> files = new ArrayList<>();
        List<NewTensor> file = new ArrayList<>();
        long total = 0;
        for (NewTensor tensor : tensors) {
            long size = size(tensor);
            if (size > limit) {
                files.add(List.of(tensor));
                continue;
            }
            if (total + size > limit) {
                files.add(file);
                file = new ArrayList<>();
                total = 0;
            }
            file.add(tensor);
            total += size;
        }
        if (!file.isEmpty() || files.isEmpty()) {
            files.add(file);
        }
        files.removeIf(List::isEmpty);
        return files.isEmpty() ? List.of(List.of()) : files;
    }

    /** Splits into files of nearly equal size, at most one per tensor. */
    static List<List<NewTensor>> byCount(List<NewTensor> tensors, int wanted) {
        int count = Math.max(1, Math.min(wanted, tensors.size()));
        double share = (double) size(tensors) / count;
        List<List<NewTensor>> files = new ArrayList<>();
        int next = 0;
        double done = 0;
        for (int file = 0; file < count; file++) {
            int first = next;
            int last = tensors.size() - (count - 1 - file);
            // A tensor belongs to the file that its middle falls into, but no file may be empty.
            while (next < last
                    && (next == first
                            || file == count - 1
                            || done + size(tensors.get(next)) / 2.0 <= share * (file + 1))) {
                done += size(tensors.get(next));
                next++;
            }
            files.add(tensors.subList(first, next));
        }
        return files;
    }
}
