package org.tfckpt.benchmarks;

import java.util.List;

/**
 * What was measured together.
 *
 * @param title of what kind it is
 * @param figures in the order of measuring, of all JDKs
 */
record Section(String title, List<Figure> figures) {}
