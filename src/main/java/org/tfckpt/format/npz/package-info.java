/**
 * Internal: NumPy's formats; not part of the API. An npy file is one array: a header, which is the text of a Python
 * dictionary, and the values. An npz file is a zip archive of npy files.
 */
@NullMarked
package org.tfckpt.format.npz;

import org.jspecify.annotations.NullMarked;
