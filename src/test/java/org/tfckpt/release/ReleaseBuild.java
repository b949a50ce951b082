package org.tfckpt.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tfckpt.testing.Corpus;

/** A release, built from a copy of the sources and signed with a key that is made for it. */
final class ReleaseBuild {
    /** Other than those of the build that runs the tests: directory, locale, time zone, encoding and rights of files. */
    private static final String JVM =
            "-Duser.language=tr -Duser.country=TR -Duser.timezone=Pacific/Chatham" + " -Dfile.encoding=ISO-8859-1";

    private final Path directory;
    private final Path keys;

    ReleaseBuild(Path directory) throws IOException {
        this.directory = directory;
        this.keys = Files.createDirectory(directory.resolve("keys"));
    }

    /** Builds the release, and returns the directory of its artifacts. */
    Path build(String version) throws IOException, InterruptedException {
        gpg("--passphrase", "", "--quick-generate-key", "Test <test@example.org>", "ed25519", "sign", "1d");
        Path root = Corpus.root().resolveSibling("").toAbsolutePath();
        Path copy = directory.resolve("sources/of/tfckpt");
        List<String> maven = new ArrayList<>(List.of(System.getProperty("tfckpt.maven"), "-B", "-ntp", "-Prelease"));
        maven.addAll(List.of("deploy", "-Dmaven.test.skip=true", "-Dmaven.install.skip=true"));
        String script = "umask 077 && mkdir -p '" + copy + "' && cd '" + root + "'"
                + " && tar cf - --exclude=target .mvn pom.xml *.md *.txt LICENSE proto src"
                + " | tar xf - --no-same-permissions -C '" + copy + "' && cd '" + copy + "'"
                + " && " + String.join(" ", maven);
        ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-c", script);
        shell.environment().put("JAVA_TOOL_OPTIONS", JVM);
        shell.environment().put("TZ", "Pacific/Chatham");
        shell.environment().put("LC_ALL", "C");
        run(shell);
        return staging().resolve("org/tfckpt/tfckpt").resolve(version);
    }

    /** Runs GnuPG with the key of this release. */
    void gpg(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gpg", "--batch"));
        command.addAll(List.of(arguments));
        run(new ProcessBuilder(command));
    }

    /** Runs JBang with the repository of the release, and returns the output of the command that it prints for a shell. */
    String jbang(String... arguments) throws IOException, InterruptedException {
        Path classPath = directory.resolve("jbang.cp");
        String pom =
                directory.resolve("sources/of/tfckpt/src/release/jbang.xml").toString();
        run(new ProcessBuilder(
                System.getProperty("tfckpt.maven"),
                "-B",
                "-q",
                "-f",
                pom,
                "dependency:build-classpath",
                "-Dmdep.outputFile=" + classPath));
        List<String> command = new ArrayList<>(List.of(java(), "-cp", Files.readString(classPath), "dev.jbang.Main"));
        command.addAll(
                List.of("run", "--quiet", "--repos", "staging=" + staging().toUri() + ",mavencentral"));
        command.addAll(List.of(arguments));
        ProcessBuilder jbang = new ProcessBuilder(command);
        jbang.environment().put("JBANG_DIR", directory.resolve("jbang").toString());
        jbang.environment().put("JBANG_REPO", directory.resolve("repository").toString());
        // JBang's script executes the output if the exit status is 255.
        Run printed = execute(jbang);
        assertThat(printed.code).as(printed.out).isEqualTo(255);
        return run(new ProcessBuilder("/bin/sh", "-c", printed.out));
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin/java").toString();
    }

    private Path staging() {
        return directory.resolve("sources/of/tfckpt/target/staging");
    }

    private record Run(int code, String out) {}

    private String run(ProcessBuilder process) throws IOException, InterruptedException {
        Run run = execute(process);
        assertThat(run.code).as(run.out).isZero();
        return run.out;
    }

    private Run execute(ProcessBuilder process) throws IOException, InterruptedException {
        process.environment().put("GNUPGHOME", keys.toString());
        process.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Path log = Files.createTempFile(directory, "run", ".log");
        Process running =
                process.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertThat(running.waitFor(9, TimeUnit.MINUTES)).isTrue();
            return new Run(running.exitValue(), Files.readString(log));
        } finally {
            running.destroyForcibly();
        }
    }

    /** Ends the agent that GnuPG has started. */
    void close() throws IOException, InterruptedException {
        run(new ProcessBuilder("gpgconf", "--kill", "all"));
    }
}
