package org.tfckpt.cli;

import java.util.Locale;

/** Counts in text. */
final class Plural {
    private Plural() {}

    /** Returns for example {@code 1 tensor} or {@code 1,776 tensors}. */
    static String of(long count, String noun) {
        return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
    }
}
