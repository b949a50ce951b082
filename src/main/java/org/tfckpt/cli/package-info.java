/**
 * The tool: one class a command, and what they share. Nothing in here that a user of the library would miss.
 */
@NullMarked
package org.tfckpt.cli;

import org.jspecify.annotations.NullMarked;
