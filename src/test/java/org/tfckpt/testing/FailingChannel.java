package org.tfckpt.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel that calls a hook before each write and each force. */
class FailingChannel extends FileChannel {
    private final FileChannel real;
    private final Disk disk;

    interface Disk {
        void before(String change) throws IOException;
    }

    FailingChannel(FileChannel real, Disk disk) {
        this.real = real;
        this.disk = disk;
    }

    /** Returns the channel of a directory, which can only be forced; in memory this does nothing. */
    static FileChannel ofDirectory(Disk disk) {
        return new FailingChannel(null, disk) {
            @Override
            public void force(boolean metaData) throws IOException {
                disk.before("force names");
            }

            @Override
            protected void implCloseChannel() {}
        };
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        disk.before("write");
        return real.write(source);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        disk.before("write");
        return real.write(sources, offset, length);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        disk.before("write");
        return real.write(source, position);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        disk.before("write");
        return real.transferFrom(source, position, count);
    }

    @Override
    public void force(boolean metaData) throws IOException {
        disk.before("force");
        real.force(metaData);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return real.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return real.read(targets, offset, length);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return real.read(target, position);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return real.transferTo(position, count, target);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        real.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        real.truncate(size);
        return this;
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return real.map(mode, position, size);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }
}
