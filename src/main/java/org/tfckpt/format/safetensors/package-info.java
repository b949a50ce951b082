/**
 * Internal: the safetensors format; not part of the API. A file is the length of its header, the header (JSON), and the
 * values of all tensors without gaps. A set of files has an index (JSON) that names the file of each tensor.
 */
@NullMarked
package org.tfckpt.format.safetensors;

import org.jspecify.annotations.NullMarked;
