package org.tfckpt.benchmarks;

import java.util.List;

/**
 * Figures that were measured together.
 *
 * @param title the title of the section
 * @param figures the figures of all JDKs in the order of measurement
 */
record Section(String title, List<Figure> figures) {}
