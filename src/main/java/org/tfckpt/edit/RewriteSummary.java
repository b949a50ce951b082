package org.tfckpt.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a rewriting does, or did, in numbers.
 *
 * @param tensors the tensors of the new checkpoint
 * @param renamed those of them with another name
 * @param cast those of them with another dtype
 * @param dropped the tensors that are left out, of all checkpoints
 * @param linkedFiles the data files that are the same files as before, unless they cannot be linked
 * @param linkedBytes the bytes of values in them that need not be written
 * @param writtenBytes the bytes that are written
 * @param savedBytes the bytes of dropped tensors, which take no room any more
 * @param unusedBytes the bytes of dropped tensors that stay in data files which are shared whole
 */
public record RewriteSummary(
        long tensors,
        long renamed,
        long cast,
        long dropped,
        int linkedFiles,
        long linkedBytes,
        long writtenBytes,
        long savedBytes,
        long unusedBytes) {

    /**
     * The numbers as a sentence.
     *
     * @return for example {@code 54 tensors, 12 renamed, 46 dropped; 1 data file linked (5,632 bytes), 0 bytes written}
     */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        parts.add(number(tensors) + (tensors == 1 ? " tensor" : " tensors"));
        add(parts, renamed, " renamed");
        add(parts, cast, " cast");
        add(parts, dropped, " dropped");
        List<String> bytes = new ArrayList<>();
        if (linkedFiles > 0) {
            bytes.add(number(linkedFiles) + (linkedFiles == 1 ? " data file" : " data files") + " linked ("
                    + number(linkedBytes) + " bytes)");
        }
        bytes.add(number(writtenBytes) + " bytes written");
        add(bytes, savedBytes, " bytes saved");
        add(bytes, unusedBytes, " bytes of dropped tensors left in linked files");
        return String.join(", ", parts) + "; " + String.join(", ", bytes);
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(number(count) + what);
        }
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
