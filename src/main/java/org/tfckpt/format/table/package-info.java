/**
 * Internal: reads and writes table files (SSTables); not part of the API. A table holds the index of a V2 checkpoint
 * and all of a V1 checkpoint. The format is LevelDB's without filters, described in <a
 * href="https://github.com/google/leveldb/blob/main/doc/table_format.md">table_format.md</a>.
 *
 * <pre>
 * data block, trailer | … | metaindex block, trailer | index block, trailer | footer
 * </pre>
 *
 * <p>Keys and values are bytes; this package does not depend on tensors.
 */
@NullMarked
package org.tfckpt.format.table;

import org.jspecify.annotations.NullMarked;
