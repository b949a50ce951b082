/**
 * Recognises variables in text: what Python prints for them, listings, and the errors of a failed restore.
 *
 * <p>{@link org.tfckpt.graph.text.VariableText} reads a text of any size in one pass, with memory only for the
 * variables that it finds. It looks for a form at each character with bounded effort, so no text takes quadratic time.
 */
@NullMarked
package org.tfckpt.graph.text;

import org.jspecify.annotations.NullMarked;
