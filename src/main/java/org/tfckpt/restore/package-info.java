/**
 * Restores the variables of a graph from a checkpoint whose names, shapes or dtypes differ: compares both sides,
 * explains what is missing ("Key … not found in checkpoint"), suggests renames, and reads the values.
 *
 * <pre>{@code
 * RestorePlan plan = RestorePlan.from(checkpoint)
 *     .variables(wanted)
 *     .exclude(NamePattern.of("aux/**"))
 *     .mapping(NameMapping.sed("s#^init/#input/#"))
 *     .build(); // reads only the index
 * plan.comparison().missing().forEach(System.out::println);
 * plan.restore(variable -> buffers.get(variable.name())); // throws before reading if anything is missing
 * }</pre>
 */
@NullMarked
package org.tfckpt.restore;

import org.jspecify.annotations.NullMarked;
