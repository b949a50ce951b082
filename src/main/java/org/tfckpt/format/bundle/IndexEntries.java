package org.tfckpt.format.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.io.Channels;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.proto.BundleHeaderProto;

/**
 * The records of an index to come, sorted by their keys, since a table takes them in order. In memory each takes its key,
 * its record of some twenty bytes, and about seventy bytes more.
 */
final class IndexEntries {
    private static final byte[] HEADER_KEY = {};
    private static final int BUFFER = 1 << 16;

    private final TreeMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);

    /** The record under a key, or null. */
    byte @Nullable [] get(byte[] key) {
        return records.get(key);
    }

    /** Adds a record, or puts it in the place of another. */
    void put(byte[] key, byte[] entry) {
        records.put(key, entry);
    }

    /** Writes the whole table and has the disk take it. */
    void write(SeekableByteChannel file, BundleHeaderProto header, TableBuilder.Options layout) throws IOException {
        OutputStream out = new Buffered(file);
        TableBuilder table = new TableBuilder(out, layout);
        table.add(HEADER_KEY, header.toByteArray());
        for (Map.Entry<byte[], byte[]> entry : records.entrySet()) {
            table.add(entry.getKey(), entry.getValue());
        }
        table.finish();
        out.flush();
        DurableFiles.force(file);
    }

    /** Unlike Java's own, it leaves the channel open. */
    private static final class Buffered extends java.io.BufferedOutputStream {
        Buffered(SeekableByteChannel file) {
            super(
                    new OutputStream() {
                        @Override
                        public void write(int b) throws IOException {
                            write(new byte[] {(byte) b}, 0, 1);
                        }

                        @Override
                        public void write(byte[] bytes, int offset, int length) throws IOException {
                            Channels.write(file, java.nio.ByteBuffer.wrap(bytes, offset, length));
                        }
                    },
                    BUFFER);
        }
    }
}
