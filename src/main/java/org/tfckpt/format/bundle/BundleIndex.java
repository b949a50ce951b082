package org.tfckpt.format.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.MessageFields;
import org.tfckpt.format.VersionCheck;
import org.tfckpt.format.table.Table;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.io.ByteSources;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * The index of a bundle: the header under the empty key, then one entry per name.
 *
 * <p>It is not mapped: blocks are copied anyway, and a file that changes while it is read then causes an exception.
 */
final class BundleIndex implements Closeable {
    private static final byte[] HEADER_KEY = {};

    private final Table table;
    private final BundleHeaderProto header;
    private final long openedMillis;

    private BundleIndex(Table table, BundleHeaderProto header, long openedMillis) {
        this.table = table;
        this.header = header;
        this.openedMillis = openedMillis;
    }

    static BundleIndex open(BundlePrefix prefix) throws IOException {
        long millis = System.currentTimeMillis();
        Table table;
        try {
            table = Table.openForDecoding(ByteSources.channel(prefix.index()));
        } catch (NoSuchFileException e) {
            throw new CheckpointException(
                    "'" + prefix.index() + "' does not exist",
                    ErrorContext.NONE.withTensorFlow(prefix.index() + "; No such file or directory"),
                    e);
        }
        try {
            BundleHeaderProto header = readHeader(table);
            VersionCheck.check(header.getVersion(), table.name());
            return new BundleIndex(table, header, millis);
        } catch (IOException | RuntimeException e) {
            table.close();
            throw e;
        }
    }

    private static BundleHeaderProto readHeader(Table table) throws IOException {
        try (TableIterator at = table.iterator()) {
            return readHeader(table, at);
        }
    }

    private static BundleHeaderProto readHeader(Table table, TableIterator at) throws IOException {
        try {
            at.seekToFirst();
        } catch (DataLossException e) {
            String text = unreadable(table, "failed to seek to header entry") + ": " + e.tensorFlowText();
            throw new DataLossException(e.kind(), e.problem(), e.context().withTensorFlow(text), e);
        }
        ErrorContext place = ErrorContext.at(table.name(), 0);
        if (!at.valid()) {
            throw new DataLossException(
                    ProblemKind.HEADER,
                    "the index is empty",
                    place.withTensorFlow(unreadable(table, "failed to seek to header entry")));
        }
        if (at.compareKey(HEADER_KEY) != 0) {
            throw new DataLossException(
                    ProblemKind.HEADER,
                    "the index has no header",
                    place.mismatch(
                                    "the empty key first",
                                    "'" + TensorNames.printable(TensorNames.decode(at.key())) + "'")
                            .withTensorFlow(unreadable(table, "header entry missing")));
        }
        try {
            BundleHeaderProto header = MessageFields.parse(BundleHeaderProto.parser(), at.value());
            if (header.getNumShards() < 0) {
                throw new DataLossException(
                        ProblemKind.HEADER,
                        "the header has a negative number of data files",
                        place.mismatch("0 or more", header.getNumShards())
                                .withTensorFlow(unreadable(table, "negative number of shards")));
            }
            return header;
        } catch (InvalidProtocolBufferException e) {
            throw new DataLossException(
                    ProblemKind.HEADER,
                    "the header of the index cannot be parsed",
                    place.withTensorFlow(
                            unreadable(table, "unable to parse header") + ": Entry for key  not parseable."),
                    e);
        }
    }

    private static String unreadable(Table table, String reason) {
        return "Unable to read file (" + table.name() + "). Perhaps the file is corrupt or was produced by a newer"
                + " version of TensorFlow with format changes (" + reason + ")";
    }

    IndexReplacement replacement(BundlePrefix prefix) {
        return new IndexReplacement(prefix.index(), table.source(), table.size(), openedMillis);
    }

    BundleHeaderProto header() {
        return header;
    }

    int shardCount() {
        return header.getNumShards();
    }

    ByteOrder byteOrder() {
        boolean big = header.getEndianness() == BundleHeaderProto.Endianness.BIG;
        return big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    String name() {
        return table.name();
    }

    Table table() {
        return table;
    }

    /** Returns an iterator at the first entry after the header. */
    TableIterator entries() throws IOException {
        TableIterator at = table.iterator();
        at.seekToFirst();
        if (at.valid() && at.keyLength() == 0) {
            at.next();
        }
        return at;
    }

    @Nullable
    TensorInfo find(byte[] key) throws IOException {
        try (TableIterator at = table.iterator()) {
            at.seek(key);
            return key.length > 0 && at.valid() && at.compareKey(key) == 0 ? entry(at) : null;
        }
    }

    /** Looks up keys that are passed in ascending order, in one pass over the index. */
    final class Lookup implements Closeable {
        private @Nullable TableIterator at;
        private @Nullable DataLossException damage;

        @Nullable
        TensorInfo find(byte[] key) throws IOException {
            TableIterator entries = move(key);
            if (entries.valid()) {
                damage = null;
                return entries.compareKey(key) == 0 ? entry(entries) : null;
            }
            if (damage != null) {
                throw damage;
            }
            return null;
        }

        private TableIterator move(byte[] key) throws IOException {
            TableIterator entries = at;
            try {
                if (entries == null) {
                    entries = table.iterator();
                    at = entries;
                    entries.seek(key);
                } else {
                    entries.advanceTo(key);
                }
                return entries;
            } catch (DataLossException e) {
                damage = e;
                throw e;
            }
        }

        @Override
        public void close() {
            if (at != null) {
                at.close();
            }
        }
    }

    TensorInfo entry(TableIterator at) throws IOException {
        return entry(TensorNames.decode(at.keyBytes(), 0, at.keyLength()), at.value());
    }

    TensorInfo entry(String name, ByteBuffer value) throws IOException {
        try {
            return BundleEntry.decode(name, value);
        } catch (InvalidProtocolBufferException e) {
            throw unparsable(name, e);
        }
    }

    DataLossException unparsable(String name, InvalidProtocolBufferException cause) {
        return new DataLossException(
                ProblemKind.ENTRY,
                "the entry of the tensor cannot be parsed",
                ErrorContext.at(table.name(), -1)
                        .ofTensor(name)
                        .withTensorFlow("Entry for key " + name + " not parseable."),
                cause);
    }

    @Override
    public void close() throws IOException {
        table.close();
    }
}
