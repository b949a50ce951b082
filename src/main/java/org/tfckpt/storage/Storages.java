package org.tfckpt.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Storages whose files are in memory or on the class path. */
public final class Storages {
    private Storages() {}

    /**
     * Returns a storage of arrays. The arrays are not copied, and must not be changed while they are read.
     *
     * @param files the contents of each file by its name, for example {@code model.index} and
     *     {@code model.data-00000-of-00001}; parts of a name are separated by {@code /}
     * @return the storage, which need not be closed
     */
    public static Storage of(Map<String, byte[]> files) {
        return new Memory(Map.copyOf(files));
    }

    /**
     * Returns a storage of resources. A resource is loaded into memory as a whole when it is first read. Resources
     * cannot be listed.
     *
     * @param loader finds the resources
     * @param directory the beginning of the names of all resources, for example {@code models/}; may be empty
     * @return the storage, which need not be closed
     */
    public static Storage ofClassPath(ClassLoader loader, String directory) {
        return new ClassPath(loader, directory);
    }

    private record Memory(Map<String, byte[]> files) implements Storage {
        @Override
        public String location() {
            return "";
        }

        @Override
        public StorageFile open(String name) throws IOException {
            byte[] bytes = files.get(name);
            if (bytes == null) {
                throw new NoSuchFileException(name);
            }
            return new Bytes(bytes);
        }

        @Override
        public Optional<List<String>> list(String directory) {
            String prefix = directory.isEmpty() ? "" : directory + "/";
            TreeSet<String> names = new TreeSet<>();
            for (String file : files.keySet()) {
                if (file.startsWith(prefix) && file.length() > prefix.length()) {
                    int slash = file.indexOf('/', prefix.length());
                    names.add(file.substring(prefix.length(), slash < 0 ? file.length() : slash + 1));
                }
            }
            return Optional.of(List.copyOf(names));
        }
    }

    private record ClassPath(ClassLoader loader, String directory) implements Storage {
        @Override
        public String location() {
            return "classpath:" + directory;
        }

        @Override
        public StorageFile open(String name) throws IOException {
            URL found = loader.getResource(directory + name);
            if (found == null) {
                throw new NoSuchFileException(location() + name);
            }
            try (InputStream in = found.openStream()) {
                return new Bytes(in.readAllBytes());
            }
        }
    }

    private static final class Bytes implements StorageFile {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(long position, ByteBuffer target) {
            if (position >= bytes.length) {
                return -1;
            }
            int count = (int) Math.min(bytes.length - position, target.remaining());
            target.put(bytes, (int) position, count);
            return count;
        }

        @Override
        public void close() {
            // The garbage collector does all.
        }
    }
}
