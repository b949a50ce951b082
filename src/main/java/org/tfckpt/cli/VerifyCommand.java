package org.tfckpt.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.files.CheckpointSearch;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}: is every byte as it was written? */
@Command(
        name = "verify",
        description = "Reads everything and checks it: every block and every tensor's checksum, keys, entries, sizes,"
                + " holes and overlaps, on all cores. A line a problem: file, offset, tensor, kind, what is wrong. Of a directory, every"
                + " checkpoint in it and below.",
        footer = {"", "Example: tfckpt verify log/model.ckpt-*.index"})
final class VerifyCommand implements Callable<Integer> {
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final Console console;

    @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = "What to verify: checkpoints, or directories.")
    private List<Path> paths = List.of();

    @Option(names = "--json", description = "A JSON document a line, for each checkpoint.")
    private boolean json;

    @Option(
            names = "--mapping",
            description =
                    "Map data files into memory instead of reading them through their channel. A file that someone"
                            + " cuts off meanwhile then ends the program.")
    private boolean mapping;

    @Mixin
    private CommonOptions common = new CommonOptions();

    VerifyCommand(Console console) {
        this.console = console;
    }

    VerifyCommand(Console console, Path path) {
        this(console);
        this.paths = List.of(path);
    }

    /** What is asked for; what was found in a directory is a checkpoint even if it is only a rest of one. */
    private record Target(Path path, boolean searched) {}

    /** What became of a checkpoint; a failure says why it could not be verified. */
    private record Result(
            Checkpoint.Verification verified,
            List<Problem> problems,
            @Nullable IOException failure) {}

    @Override
    public Integer call() throws IOException {
        List<Target> targets = new ArrayList<>();
        int code = 0;
        for (Path path : paths) {
            code = Math.max(code, find(path, targets));
        }
        return Math.max(code, all(targets));
    }

    /** The checkpoints below a directory; or the path itself, of which opening may make more than searching. */
    private int find(Path path, List<Target> targets) {
        int[] code = {0};
        List<Path> below = List.of();
        if (Files.isDirectory(path)) {
            try {
                below = CheckpointSearch.below(path, unreadable -> code[0] = failed(unreadable));
            } catch (IOException e) {
                return failed(e);
            }
        }
        below.forEach(found -> targets.add(new Target(found, true)));
        if (below.isEmpty()) {
            targets.add(new Target(path, false));
        }
        return code[0];
    }

    /**
     * Verifies on all cores, and tells in the order of the checkpoints. A checkpoint takes a thread; those that no
     * checkpoint waits for help with the ones under way.
     */
    private int all(List<Target> targets) throws IOException {
        ExecutorService workers = Executors.newFixedThreadPool(CORES);
        try {
            Deque<Future<Result>> results = new ArrayDeque<>();
            for (Target target : targets) {
                results.add(workers.submit(() -> verify(target, workers)));
            }
            int code = 0;
            for (Target target : targets) {
                code = Math.max(code, report(target, get(results.remove())));
            }
            return code;
        } finally {
            workers.shutdownNow();
        }
    }

    private static Result get(Future<Result> future) {
        try {
            return future.get();
        } catch (ExecutionException bug) {
            throw new IllegalStateException(bug.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failure(List.of(), new InterruptedIOException("interrupted"));
        }
    }

    private static Result failure(List<Problem> problems, IOException e) {
        return new Result(new Checkpoint.Verification(0, 0, 0), problems, e);
    }

    private Result verify(Target target, Executor helpers) {
        List<Problem> problems = new ArrayList<>();
        try {
            return new Result(run(target.path, problems::add, helpers), problems, null);
        } catch (IOException e) {
            Path index = target.path.resolveSibling(target.path.getFileName() + ".index");
            if (target.searched && e instanceof CheckpointException && !Files.exists(index)) {
                problems.add(new Problem(
                        index.toString(),
                        -1,
                        null,
                        ProblemKind.MISSING_FILE,
                        "the index is not there, though data files are"));
                return new Result(new Checkpoint.Verification(0, 0, 1), problems, null);
            }
            return failure(problems, e);
        }
    }

    /** Damage that prevents opening is a finding like any other. */
    private Checkpoint.Verification run(Path path, Consumer<Problem> problems, Executor helpers) throws IOException {
        ReadOptions options = mapping ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping();
        try (Checkpoint checkpoint = Checkpoint.open(path, options)) {
            return checkpoint.verify(problems, helpers, CORES);
        } catch (DataLossException e) {
            problems.accept(e.toProblem());
            return new Checkpoint.Verification(0, 0, 1);
        }
    }

    private int report(Target target, Result result) throws IOException {
        if (json) {
            json(target.path, result);
        } else {
            text(target.path, result);
        }
        if (result.failure != null) {
            return failed(result.failure);
        }
        return result.verified.isIntact() ? 0 : 1;
    }

    private int failed(IOException e) {
        console.err().println("tfckpt: " + Failures.describe(e));
        return 2;
    }

    private void text(Path path, Result result) throws IOException {
        Style style = common.style(console);
        for (Problem problem : result.problems) {
            line(style.bad(ProblemText.line(problem)));
        }
        if (result.failure != null) {
            return;
        }
        String counts = String.format(
                Locale.ROOT,
                "%,d tensors, %,d bytes, %,d problems",
                result.verified.tensors(),
                result.verified.bytes(),
                result.verified.problems());
        line(TensorNames.printable(path.toString()) + ": "
                + (result.verified.isIntact() ? style.good("ok") : style.bad("damaged")) + ", " + counts);
    }

    private void line(String text) throws IOException {
        console.out().text(text + "\n");
    }

    private void json(Path path, Result result) throws IOException {
        if (result.failure != null) {
            return;
        }
        try (JsonOutput out = new JsonOutput(console.out())) {
            out.generator().writeStartObject();
            out.text("checkpoint", path.toString());
            ProblemText.array(out, "problems", result.problems);
            out.generator().writeBooleanField("ok", result.verified.isIntact());
            out.generator().writeNumberField("tensors", result.verified.tensors());
            out.generator().writeNumberField("bytes", result.verified.bytes());
            out.generator().writeEndObject();
        }
    }
}
