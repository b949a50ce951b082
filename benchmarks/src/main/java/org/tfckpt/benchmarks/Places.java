package org.tfckpt.benchmarks;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Paths, relative to the jar of the benchmarks in {@code benchmarks/target}. */
final class Places {
    private static final Path TARGET = target();
    /** Returns the directory of the benchmarks. */
    static final Path BENCHMARKS = TARGET.getParent();
    /** Returns the jar of the tool. */
    static final Path TOOL = BENCHMARKS.resolveSibling("target").resolve("tfckpt.jar");
    /** Returns the directory of the jars of TensorFlow, where its native library is unpacked. */
    static final Path PEERS = TARGET.resolve("peers");

    private Places() {}

    private static Path target() {
        try {
            URI jar = Places.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            return Path.of(jar).toAbsolutePath().getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
