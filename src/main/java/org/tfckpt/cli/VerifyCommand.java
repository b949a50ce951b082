package org.tfckpt.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorNames;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}: is every byte as it was written? */
@Command(
        name = "verify",
        description = "Reads everything and checks it: every block and every tensor's checksum, keys, entries, sizes,"
                + " holes and overlaps. A line a problem: file, offset, tensor, kind, what is wrong.",
        footer = {"", "Example: tfckpt verify log/model.ckpt-*.index"})
final class VerifyCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = "What to verify.")
    private List<Path> paths = List.of();

    @Option(names = "--json", description = "A JSON document a line, for each checkpoint.")
    private boolean json;

    @Mixin
    private CommonOptions common = new CommonOptions();

    VerifyCommand(Console console) {
        this.console = console;
    }

    VerifyCommand(Console console, Path path) {
        this(console);
        this.paths = List.of(path);
    }

    @Override
    public Integer call() throws IOException {
        int code = 0;
        for (Path path : paths) {
            code = Math.max(code, verify(path));
        }
        return code;
    }

    private int verify(Path path) throws IOException {
        try {
            return json ? json(path) : text(path);
        } catch (Output.WriteFailure e) {
            throw e;
        } catch (IOException e) {
            console.err().println("tfckpt: " + Failures.describe(e));
            return 2;
        }
    }

    /** Damage that prevents opening is a finding like any other. */
    private Checkpoint.Verified run(Path path, Consumer<Problem> problems) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path, common.readOptions())) {
            return checkpoint.verify(problems);
        } catch (DataLossException e) {
            problems.accept(e.toProblem());
            return new Checkpoint.Verified(0, 0, 1);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private int text(Path path) throws IOException {
        Style style = common.style(console);
        Checkpoint.Verified verified = run(path, problem -> unchecked(() -> line(style.bad(describe(problem)))));
        String counts = String.format(
                Locale.ROOT,
                "%,d tensors, %,d bytes, %,d problems",
                verified.tensors(),
                verified.bytes(),
                verified.problems());
        line(TensorNames.printable(path.toString()) + ": "
                + (verified.isIntact() ? style.good("ok") : style.bad("damaged")) + ", " + counts);
        return verified.isIntact() ? 0 : 1;
    }

    private void line(String text) throws IOException {
        console.out().text(text + "\n");
    }

    private static String describe(Problem problem) {
        String offset = problem.offset() < 0 ? "" : ":0x" + Long.toHexString(problem.offset());
        String tensor = problem.tensor() == null ? "" : "tensor '" + problem.tensor() + "': ";
        return TensorNames.printable(
                problem.file() + offset + ": " + tensor + problem.kind() + ": " + problem.message());
    }

    private int json(Path path) throws IOException {
        try (JsonOutput out = new JsonOutput(console.out())) {
            out.generator().writeStartObject();
            out.text("checkpoint", path.toString());
            out.generator().writeArrayFieldStart("problems");
            Checkpoint.Verified verified = run(path, problem -> unchecked(() -> json(out, problem)));
            out.generator().writeEndArray();
            out.generator().writeBooleanField("ok", verified.isIntact());
            out.generator().writeNumberField("tensors", verified.tensors());
            out.generator().writeNumberField("bytes", verified.bytes());
            out.generator().writeEndObject();
            return verified.isIntact() ? 0 : 1;
        }
    }

    private static void json(JsonOutput out, Problem problem) throws IOException {
        out.generator().writeStartObject();
        out.text("file", problem.file());
        if (problem.offset() < 0) {
            out.generator().writeNullField("offset");
        } else {
            out.generator().writeNumberField("offset", problem.offset());
        }
        out.text("tensor", problem.tensor());
        out.text("kind", problem.kind().toString());
        out.text("message", problem.message());
        out.generator().writeEndObject();
    }

    private interface Writing {
        void run() throws IOException;
    }

    private static void unchecked(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
