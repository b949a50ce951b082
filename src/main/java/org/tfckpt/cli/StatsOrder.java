package org.tfckpt.cli;

import java.util.Locale;

/** The values of {@code stats --sort}. */
enum StatsOrder {
    NAME,
    SIZE,
    MAX,
    STD,
    NAN;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
