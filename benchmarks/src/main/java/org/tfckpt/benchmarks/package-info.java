/**
 * JMH benchmarks. Every figure is compared with a ceiling or another implementation in the same run. The data is random
 * with fixed seeds, in a temporary directory.
 */
package org.tfckpt.benchmarks;
