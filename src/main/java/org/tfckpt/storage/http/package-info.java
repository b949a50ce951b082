/** Reads the files of checkpoints from web servers and buckets, by HTTP and HTTPS. */
@NullMarked
package org.tfckpt.storage.http;

import org.jspecify.annotations.NullMarked;
