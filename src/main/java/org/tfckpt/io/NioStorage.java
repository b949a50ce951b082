package org.tfckpt.io;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tfckpt.storage.Storage;
import org.tfckpt.storage.StorageFile;

/** The files below a directory of a file system that is not local. */
public final class NioStorage implements Storage {
    private final String location;
    private final Path root;

    /**
     * Creates the storage, without I/O.
     *
     * @param location how messages name the directory
     * @param root the directory
     */
    public NioStorage(String location, Path root) {
        this.location = location;
        this.root = root;
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public StorageFile open(String name) {
        return new NioFile(root.resolve(name));
    }

    @Override
    public Optional<List<String>> list(String directory) throws IOException {
        Path listed = root.resolve(directory);
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(listed)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(listed)) {
                for (Path entry : entries) {
                    String name = String.valueOf(entry.getFileName());
                    names.add(Files.isDirectory(entry) && !name.endsWith("/") ? name + "/" : name);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return Optional.of(names);
    }
}
