/**
 * The variables of a graph: {@link org.tfckpt.graph.Graph} reads them from a {@code .meta} file, a GraphDef, a
 * SavedModel, a checkpoint, or a text that prints them.
 *
 * <pre>{@code
 * Graph graph = Graph.open(Path.of("changed/graph.meta"));
 * graph.variables().forEach(System.out::println); // input/init_conv/DW:0 DT_FLOAT [3,3,3,16]
 * Variables added = graph.variables().minus(Graph.open(Path.of("log/model.ckpt-122543")).variables());
 * Variables wanted = graph.variables().trainable().notMatching(NamePattern.of("aux/**"));
 * }</pre>
 */
@NullMarked
package org.tfckpt.graph;

import org.jspecify.annotations.NullMarked;
