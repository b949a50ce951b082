package org.tfckpt.benchmarks;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where things are, from the jar of the benchmarks in {@code benchmarks/target}. */
final class Places {
    private static final Path TARGET = target();
    /** The benchmarks' folder. */
    static final Path BENCHMARKS = TARGET.getParent();
    /** The jar of the tool. */
    static final Path TOOL = BENCHMARKS.resolveSibling("target").resolve("tfckpt.jar");
    /** The jars of peers, and what they unpack. */
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
