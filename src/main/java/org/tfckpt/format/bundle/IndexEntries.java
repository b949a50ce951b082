package org.tfckpt.format.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.io.Channels;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.proto.BundleHeaderProto;

/**
 * The entries of an index that is being written, sorted by key, the order of a table. In memory, each takes its key, a
 * record of about 20 bytes, and about 70 bytes of overhead.
 */
final class IndexEntries {
    private static final byte[] HEADER_KEY = {};
    private static final int BUFFER = 1 << 16;

    private final TreeMap<byte[], byte[]> records = new TreeMap<>(Arrays::compareUnsigned);

    /** Returns the record for a key, or null. */
    byte @Nullable [] get(byte[] key) {
        return records.get(key);
    }

    /** Adds a record, or replaces one. */
    void put(byte[] key, byte[] entry) {
        records.put(key, entry);
    }

    /** Writes the whole table and forces it to disk. */
    void write(SeekableByteChannel file, BundleHeaderProto header, Function<OutputStream, TableBuilder> tables)
            throws IOException {
        OutputStream out = new Buffered(file);
        TableBuilder table = tables.apply(out);
        table.add(HEADER_KEY, header.toByteArray());
        for (Map.Entry<byte[], byte[]> entry : records.entrySet()) {
            table.add(entry.getKey(), entry.getValue());
        }
        table.finish();
        out.flush();
        DurableFiles.force(file);
    }

    /** Unlike {@link java.nio.channels.Channels#newOutputStream}, writes large arrays in parts. */
    private static final class Buffered extends BufferedOutputStream {
        Buffered(SeekableByteChannel file) {
            super(
                    new OutputStream() {
                        @Override
                        public void write(int b) throws IOException {
                            write(new byte[] {(byte) b}, 0, 1);
                        }

                        @Override
                        public void write(byte[] bytes, int offset, int length) throws IOException {
                            Channels.write(file, ByteBuffer.wrap(bytes, offset, length));
                        }
                    },
                    BUFFER);
        }
    }
}
