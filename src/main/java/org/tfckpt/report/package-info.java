/**
 * The HTML report: one self-contained page that shows what a checkpoint contains. Start with
 * {@link org.tfckpt.report.Report}. Writing a page requires jackson-core, an optional dependency.
 */
package org.tfckpt.report;
