package org.tfckpt.restore.suggest;

import java.util.function.Predicate;
import org.tfckpt.tensor.TensorInfo;

/**
 * A variable of the graph, as input of the search.
 *
 * @param id the variable's unique name in the graph
 * @param savedName the name it is saved under; parts of a partitioned variable share it
 * @param expected the tensor looked for: its name after the mapping, its dtype and, if known, its shape
 * @param missing whether the checkpoint has no tensor of that name
 * @param fits whether a tensor has the shape and dtype of the variable
 */
public record Variable(String id, String savedName, TensorInfo expected, boolean missing, Predicate<TensorInfo> fits) {}
