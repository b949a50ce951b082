package org.tfckpt.io;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Maps files until it is closed, by a shared {@code java.lang.foreign.Arena} of JDK 22 and later. The arena is called
 * by method handles: this library compiles for Java 17. After {@link #close}, every access to a buffer throws
 * {@link IllegalStateException}.
 *
 * <p>Only the JDK's own accesses are checked. A library that reads a direct buffer by its address, as protobuf-java
 * does, would crash the JVM after close, so it must be given copies.
 */
final class MappingArena {
    /** The JDK wraps a memory segment as a buffer up to this size. */
    static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    private static final long RETRY_NANOS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final @Nullable Methods METHODS = Methods.find();

    private final Methods methods;
    private final Object arena;
    private boolean closed;

    private record Methods(MethodHandle ofShared, MethodHandle map, MethodHandle asByteBuffer, MethodHandle close) {
        static @Nullable Methods find() {
            // Earlier versions have the classes, too, but as a preview and with other methods.
            if (Runtime.version().feature() < 22) {
                return null;
            }
            try {
                MethodHandles.Lookup lookup = MethodHandles.publicLookup();
                Class<?> arena = Class.forName("java.lang.foreign.Arena");
                Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
                MethodType map =
                        MethodType.methodType(segment, FileChannel.MapMode.class, long.class, long.class, arena);
                MethodType mapGeneric = MethodType.methodType(
                        Object.class,
                        FileChannel.class,
                        FileChannel.MapMode.class,
                        long.class,
                        long.class,
                        Object.class);
                return new Methods(
                        lookup.findStatic(arena, "ofShared", MethodType.methodType(arena))
                                .asType(MethodType.methodType(Object.class)),
                        lookup.findVirtual(FileChannel.class, "map", map).asType(mapGeneric),
                        lookup.findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class))
                                .asType(MethodType.methodType(ByteBuffer.class, Object.class)),
                        lookup.findVirtual(arena, "close", MethodType.methodType(void.class))
                                .asType(MethodType.methodType(void.class, Object.class)));
            } catch (ReflectiveOperationException e) {
                return null;
            }
        }
    }

    private MappingArena(Methods methods, Object arena) {
        this.methods = methods;
        this.arena = arena;
    }

    /** Returns whether this JVM can unmap a file at a given time. */
    static boolean isSupported() {
        return METHODS != null;
    }

    /**
     * Creates an arena. The caller closes it: the garbage collector does not. Throws {@link
     * UnsupportedOperationException} if this JVM has none.
     */
    static MappingArena create() {
        if (METHODS == null) {
            throw new UnsupportedOperationException("unmapping files needs JDK 22 or later");
        }
        try {
            return new MappingArena(METHODS, (Object) METHODS.ofShared.invokeExact());
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Maps a part of a file, read-only. Throws {@link IllegalStateException} if this arena is closed. */
    ByteBuffer map(FileChannel channel, long offset, long length) throws IOException {
        try {
            Object segment =
                    (Object) methods.map.invokeExact(channel, FileChannel.MapMode.READ_ONLY, offset, length, arena);
            return (ByteBuffer) methods.asByteBuffer.invokeExact(segment);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /**
     * Unmaps everything. If another thread is within an operation of the JDK that needs the memory, such as the
     * checksum of a part or a write to a channel, this method waits for it to end.
     */
    synchronized void close() {
        boolean interrupted = false;
        while (!closed) {
            try {
                methods.close.invokeExact(arena);
                closed = true;
            } catch (IllegalStateException inUse) {
                // An interrupt must not turn the wait into a busy loop.
                interrupted |= Thread.interrupted();
                LockSupport.parkNanos(RETRY_NANOS);
            } catch (Throwable e) {
                throw unchecked(e);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known ? known : new IllegalStateException(e);
    }
}
