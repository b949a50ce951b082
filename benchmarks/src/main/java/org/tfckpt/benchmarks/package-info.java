/**
 * What reading costs, each figure beside a ceiling or a peer that is measured in the same run. Data is made, seeded, in a
 * temporary directory.
 */
package org.tfckpt.benchmarks;
