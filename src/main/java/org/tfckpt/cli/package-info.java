/**
 * Internal: the command-line tool; not part of the API. One class per command, and what the commands share.
 */
@NullMarked
package org.tfckpt.cli;

import org.jspecify.annotations.NullMarked;
