/**
 * What comes from where: a checkpoint and a graph whose variables differ, compared, explained, and brought together.
 *
 * <pre>{@code
 * RestorePlan plan = RestorePlan.from(checkpoint)
 *     .variables(wanted)
 *     .exclude(NamePattern.of("aux/**"))
 *     .mapping(NameMapping.sed("s#^init/#input/#"))
 *     .build(); // reads the index alone
 * plan.comparison().missing().forEach(System.out::println);
 * plan.restore(variable -> buffers.get(variable.name())); // throws before it reads if anything is missing
 * }</pre>
 */
@NullMarked
package org.tfckpt.restore;

import org.jspecify.annotations.NullMarked;
