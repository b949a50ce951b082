/**
 * The table file (SSTable) that holds a V2 checkpoint's index and all of a V1 checkpoint: LevelDB's format without
 * filters.
 *
 * <pre>
 * data block, trailer | … | metaindex block, trailer | index block, trailer | footer
 * </pre>
 *
 * <p>Nothing in here knows of tensors; keys and values are bytes.
 */
@NullMarked
package org.tfckpt.format.table;

import org.jspecify.annotations.NullMarked;
