package org.tfckpt;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.bundle.Bundle;
import org.tfckpt.format.bundle.BundleWriter;

/** Has a new checkpoint take over the data files of another one. */
final class DataFiles {
    private DataFiles() {}

    /** Takes over those that are there; gives the number that each has in the new checkpoint. */
    static Map<Integer, Integer> adopt(FormatReader source, BundleWriter writer, ByteOrder order) throws IOException {
        if (!(source instanceof Bundle bundle)) {
            throw new IllegalArgumentException("only a V2 checkpoint has data files that another one can take over");
        }
        if (bundle.byteOrder() != order) {
            throw new IllegalArgumentException(
                    "data files of the byte order " + bundle.byteOrder() + " in a checkpoint of " + order);
        }
        Map<Integer, Integer> numbers = new HashMap<>();
        for (int shard = 0; shard < bundle.shardCount(); shard++) {
            // One that is missing is missed by those tensors that are copied out of it.
            if (Files.exists(bundle.dataFile(shard))) {
                numbers.put(shard, writer.adopt(bundle.dataFile(shard)));
            }
        }
        return numbers;
    }
}
