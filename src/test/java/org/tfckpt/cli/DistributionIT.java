package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.testing.Corpus;

/** The distribution, unpacked, without Maven and sources. */
class DistributionIT {
    private static final String STORY = Corpus.root().resolve("story/log").toString();

    @TempDir
    private Path directory;

    private Path home = Path.of("");

    private record Run(int code, String out, String err) {}

    @BeforeEach
    void unpack() throws Exception {
        Path parent = Files.createDirectory(directory.resolve("with a blank"));
        Process tar = new ProcessBuilder(
                        "tar", "xzf", System.getProperty("tfckpt.distribution"), "-C", parent.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        try (Stream<Path> unpacked = Files.list(parent)) {
            home = unpacked.findAny().orElseThrow();
        }
    }

    private Run run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("TFCKPT_CACHE", "");
        builder.environment().putAll(environment);
        builder.environment().values().removeIf("unset"::equals);
        File out = Files.createTempFile(directory, "out", "").toFile();
        File err = Files.createTempFile(directory, "err", "").toFile();
        Process process = builder.redirectOutput(out).redirectError(err).start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        return new Run(
                process.exitValue(),
                Files.readString(out.toPath(), StandardCharsets.UTF_8),
                Files.readString(err.toPath()));
    }

    private String tool() {
        return home.resolve("bin/tfckpt").toString();
    }

    @Test
    void runsThroughSymbolicLinks() throws Exception {
        Path first = Files.createSymbolicLink(directory.resolve("first"), Path.of(tool()));
        Path second = Files.createSymbolicLink(directory.resolve("second"), Path.of("first"));
        Run run = run(Map.of(), second.toString(), "ls", STORY);
        assertThat(run.err).isEmpty();
        assertThat(run.code).isZero();
        assertThat(run.out).contains("input/init_conv/DW (DT_FLOAT) [3,3,3,16]\n");
        assertThat(run(Map.of(), first.toString(), "ls", "/none").code).isEqualTo(2);
    }

    @Test
    void findsAJvmOnThePath() throws Exception {
        String path = System.getProperty("java.home") + "/bin:/usr/bin:/bin";
        Run run = run(Map.of("JAVA_HOME", "unset", "PATH", path), tool(), "--version");
        assertThat(run.err).isEmpty();
        assertThat(run.out).startsWith("tfckpt ");
    }

    @Test
    void namesAJvmThatIsMissingOrTooOld() throws Exception {
        assertThat(run(Map.of("JAVA_HOME", "/none"), tool(), "--version"))
                .isEqualTo(new Run(2, "", "tfckpt: JAVA_HOME is '/none', which has no bin/java\n"));
        Path old = Files.createDirectories(directory.resolve("jdk8/bin")).getParent();
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"1.8.0_292\"\n");
        assertThat(Files.createFile(old.resolve("bin/java")).toFile().setExecutable(true))
                .isTrue();
        assertThat(run(Map.of("JAVA_HOME", old.toString()), tool(), "--version"))
                .isEqualTo(
                        new Run(2, "", "tfckpt: Java 17 or newer is needed; JAVA_HOME is '" + old + "', version 8\n"));
    }

    @Test
    void createsAnArchiveOfClassesAndUsesIt() throws Exception {
        Path cache = directory.resolve("cache");
        Map<String, String> environment = Map.of("TFCKPT_CACHE", cache.toString(), "HOME", directory.toString());
        assertThat(run(environment, tool(), "ls", STORY).code).isZero();
        Path archive = await(cache);
        Map<String, String> verbose = new TreeMap<>(environment);
        verbose.put("TFCKPT_JAVA_OPTIONS", "-Xshare:on");
        Run run = run(verbose, tool(), "ls", STORY);
        assertThat(run.err).isEmpty();
        assertThat(run.code).isZero();
        // The directory of the jar has a blank in its name, with which no JVM would use the archive.
        Path copy = archive.resolveSibling(archive.getFileName().toString().replaceFirst("-java-.*", ".jar"));
        Run direct = run(
                Map.of(),
                System.getProperty("java.home") + "/bin/java",
                "-XX:SharedArchiveFile=" + archive,
                "-Xlog:class+load",
                "-cp",
                copy.toString(),
                "org.tfckpt.cli.Main",
                "--version");
        assertThat(direct.out).contains("org.tfckpt.cli.VerifyCommand source: shared objects file (top)");
        Files.write(archive.resolveSibling("damaged"), new byte[100]);
        Files.move(archive.resolveSibling("damaged"), archive, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(run(environment, tool(), "ls", STORY)).isEqualTo(new Run(0, run.out, ""));
    }

    private static Path await(Path cache) throws IOException, InterruptedException {
        for (int i = 0; i < 600; i++) {
            try (Stream<Path> files = Files.list(cache)) {
                List<Path> archives =
                        files.filter(file -> file.toString().endsWith(".jsa")).toList();
                if (!archives.isEmpty()) {
                    return archives.get(0);
                }
            }
            Thread.sleep(100);
        }
        throw new AssertionError("no archive within a minute");
    }

    @Test
    void needsNoPlaceToWrite() throws Exception {
        Map<String, String> environment =
                Map.of("TFCKPT_CACHE", "unset", "HOME", "/dev/null", "XDG_CACHE_HOME", "/dev/null/cache");
        assertThat(home.resolve("lib").toFile().setWritable(false)).isTrue();
        assertThat(run(environment, tool(), "ls", STORY).code).isZero();
    }

    @Test
    void anotherUserRunsItFromADirectoryThatCannotBeWritten() throws Exception {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        assumeThat(Path.of("/usr/bin/setpriv")).exists();
        assertThat(directory.toFile().setReadable(true, false)).isTrue();
        assertThat(directory.toFile().setExecutable(true, false)).isTrue();
        Path story = Files.createDirectory(directory.resolve("story"));
        try (Stream<Path> files = Files.list(Path.of(STORY))) {
            for (Path file : files.toList()) {
                Files.copy(file, story.resolve(file.getFileName()));
            }
        }
        Map<String, String> environment = Map.of("TFCKPT_CACHE", "unset", "HOME", "/nonexistent");
        Run run = run(
                environment,
                "/usr/bin/setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                tool(),
                "ls",
                story.toString());
        assertThat(run.err).isEmpty();
        assertThat(run.code).isZero();
        assertThat(run.out).contains("input/init_conv/DW (DT_FLOAT) [3,3,3,16]\n");
        try (Stream<Path> files = Files.list(home.resolve("lib"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("ext", "tfckpt.jar");
        }
    }

    @Test
    void addsJarsToTheClassPath() throws Exception {
        Path jar = directory.resolve("provider.jar");
        Files.createFile(jar);
        Files.createFile(home.resolve("lib/ext/another.jar"));
        Run run = run(
                Map.of("TFCKPT_CLASSPATH", jar.toString(), "TFCKPT_JAVA_OPTIONS", "-XshowSettings:properties"),
                tool(),
                "--version");
        assertThat(run.err).contains("lib/tfckpt.jar\n", "lib/ext/another.jar\n", jar + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"tfckpt", "tfckpt-rewrite", "tfckpt-stats"})
    void hasManPages(String page) throws Exception {
        assumeThat(Path.of("/usr/bin/man")).exists();
        String text = run(
                        Map.of("MANPATH", home.resolve("share/man").toString()),
                        "sh",
                        "-c",
                        "man " + page + " | col -b")
                .out;
        assertThat(text).contains("NAME", page + " - ", "SYNOPSIS", "OPTIONS", "Exit status: 0 success");
    }

    @Test
    void completesInBash() throws Exception {
        assumeThat(Path.of("/bin/bash")).exists();
        String script = "source '" + home.resolve("share/bash-completion/completions/tfckpt")
                + "'; COMP_WORDS=(tfckpt stats --his); COMP_CWORD=2; _complete_tfckpt; echo \"${COMPREPLY[@]}\"";
        assertThat(run(Map.of(), "/bin/bash", "-c", script).out).isEqualTo("--history\n");
    }
}
