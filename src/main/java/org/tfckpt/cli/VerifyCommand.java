package org.tfckpt.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.tfckpt.ReadOptions;
import org.tfckpt.files.CheckpointSearch;
import org.tfckpt.files.InterruptedSave;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}: checks all data of checkpoints for damage. */
@Command(
        name = "verify",
        header = "Check all data of checkpoints for damage.",
        description =
                "Reads everything, on all cores; of remote checkpoints, reports the rate. Checks the checksum of every block and tensor, the keys and"
                        + " entries, and the data files for wrong sizes, gaps and overlaps. Prints one line per problem (file,"
                        + " offset, tensor, kind, message), one per data file that is missing or damaged as a whole, and a"
                        + " summary per checkpoint.",
        footer = "Example: tfckpt verify log/model.ckpt-*.index")
final class VerifyCommand extends ToolCommand {
    private int exitStatus;

    @Parameters(
            paramLabel = "CHECKPOINT",
            arity = "1..*",
            description = "Checkpoints to verify. In a directory, all checkpoints in it and its subdirectories are"
                    + " verified.")
    List<Path> paths = List.of();

    @Option(names = "--json", description = "Print one JSON document per checkpoint, one per line.")
    private boolean json;

    @Option(
            names = "--all",
            description = "Print the names of all tensors that a missing or damaged data file affects, not only their"
                    + " number.")
    private boolean all;

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    @Override
    public Integer call() throws IOException {
        try (ThreadOptions.Workers workers = threads.workers();
                ProgressLine progress = new ProgressLine(console)) {
            // A checkpoint takes a thread; threads without a checkpoint help with those under way.
            Queue<Future<VerifyResult>> results = new ArrayDeque<>();
            ReadOptions options = common.readOptions(false);
            for (VerifyResult.Target target : targets()) {
                results.add(workers.executor().submit(() -> VerifyResult.of(target, options, workers, progress)));
            }
            while (!results.isEmpty()) {
                print(get(results.remove()), progress);
            }
        }
        return exitStatus;
    }

    private List<VerifyResult.Target> targets() {
        List<VerifyResult.Target> targets = new ArrayList<>();
        for (Path path : paths) {
            try {
                int before = targets.size();
                if (Files.isDirectory(path)) {
                    CheckpointSearch.Found found = CheckpointSearch.search(path, this::failed);
                    found.checkpoints().forEach(below -> targets.add(new VerifyResult.Target(below, true, null)));
                    found.interrupted().forEach(save -> addInterrupted(save, targets));
                }
                if (targets.size() == before) {
                    // Opening accepts more than the search finds.
                    targets.add(new VerifyResult.Target(path, false, null));
                }
            } catch (IOException e) {
                failed(e);
            }
        }
        return targets;
    }

    /** An interrupted save is a problem unless the checkpoint was saved again. */
    private void addInterrupted(InterruptedSave save, List<VerifyResult.Target> targets) {
        if (Files.exists(save.prefix().resolveSibling(save.prefix().getFileName() + ".index"))) {
            console.message(save.description() + "; the checkpoint itself exists");
        } else {
            targets.removeIf(target -> target.path().equals(save.prefix()));
            targets.add(new VerifyResult.Target(save.prefix(), true, save));
        }
    }

    private static VerifyResult get(Future<VerifyResult> future) throws IOException {
        try {
            return future.get();
        } catch (ExecutionException bug) {
            throw new IllegalStateException(bug.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void print(VerifyResult result, ProgressLine progress) throws IOException {
        progress.close();
        if (json && result.failure() == null) {
            result.writeJson(out(), all);
        } else if (!json) {
            result.writeText(out(), style(), all);
        }
        if (result.failure() != null) {
            failed(result.failure());
            return;
        }
        RemoteRate.report(result.path().toString(), result.totals().bytes(), result.nanos(), console);
        if (!result.totals().isIntact()) {
            exitStatus = Math.max(exitStatus, 1);
        }
    }

    private void failed(IOException e) {
        console.message(Failures.describe(e));
        exitStatus = 2;
    }
}
