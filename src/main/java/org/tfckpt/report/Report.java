package org.tfckpt.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Salvage;
import org.tfckpt.format.Destination;
import org.tfckpt.graph.Graph;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Problem;
import org.tfckpt.values.ScanOptions;

/**
 * Writes an HTML page that shows a checkpoint: its scopes by size, all tensors, optimizer slots, problems, and on request
 * statistics of the values, differences from another checkpoint, and a comparison with a graph. The page is one file that
 * needs no server and no network.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("log/model.ckpt-122543"))) {
 *   Report.of(checkpoint).values(true).writeTo(Path.of("report.html"));
 * }
 * }</pre>
 *
 * <p>The page names files without their directories, and contains no query of a URL, unless {@link #showPaths} is used. A
 * damaged checkpoint is described as far as it can be read. Collects options; not thread-safe.
 */
public final class Report {
    private final String name;
    private final @Nullable Checkpoint checkpoint;
    private final List<Problem> problems = new ArrayList<>();
    private @Nullable Checkpoint other;
    private @Nullable Graph graph;
    private boolean values;
    private boolean verify;
    private boolean showPaths;
    private Predicate<String> selection = tensor -> true;
    private Executor executor = Runnable::run;
    private int threads = 1;
    private Instant time = Instant.now();

    private Report(String name, @Nullable Checkpoint checkpoint) {
        this.name = name;
        this.checkpoint = checkpoint;
    }

    /**
     * What was written.
     *
     * @param tensors the number of tensors of the checkpoint
     * @param warnings the number of warnings on the page
     * @param problems the number of problems: damage found by the verification, or while reading
     */
    public record Written(long tensors, int warnings, int problems) {}

    /**
     * Starts a report.
     *
     * @param checkpoint an open checkpoint; the caller closes it
     * @return the report
     */
    public static Report of(Checkpoint checkpoint) {
        return new Report(checkpoint.prefix(), checkpoint);
    }

    /**
     * Starts a report on a checkpoint that is too damaged to be opened. It contains the problem only.
     *
     * @param path the checkpoint
     * @param damage why it cannot be opened
     * @return the report
     */
    public static Report ofUnreadable(String path, DataLossException damage) {
        Report report = new Report(path, null);
        report.problems.add(damage.toProblem());
        return report;
    }

    /**
     * Determines whether all values are read, for statistics, histograms, heat maps and warnings.
     *
     * @param read true to read them; the default is false
     * @return this
     */
    public Report values(boolean read) {
        values = read;
        return this;
    }

    /**
     * Determines whether the checkpoint is verified, as {@link Checkpoint#verify} does.
     *
     * @param check true to verify it; the default is false
     * @return this
     */
    public Report verify(boolean check) {
        verify = check;
        return this;
    }

    /**
     * Shows the differences from another checkpoint: what was added, removed and changed since then.
     *
     * @param earlier an open checkpoint; the caller closes it
     * @return this
     */
    public Report against(Checkpoint earlier) {
        other = earlier;
        return this;
    }

    /**
     * Shows which variables of a graph the checkpoint has.
     *
     * @param wanted the graph
     * @return this
     */
    public Report graph(Graph wanted) {
        graph = wanted;
        return this;
    }

    /**
     * Restricts the report to some tensors.
     *
     * @param names the names of the tensors
     * @return this
     */
    public Report selecting(Predicate<String> names) {
        selection = names;
        return this;
    }

    /**
     * Uses several threads to read values. The page does not depend on their number.
     *
     * @param helpers runs the tasks that the calling thread does not run itself
     * @param degree the maximum number of threads, including the calling one
     * @return this
     * @throws IllegalArgumentException if the degree is not positive
     */
    public Report threads(Executor helpers, int degree) {
        if (degree < 1) {
            throw new IllegalArgumentException("degree must be positive, not " + degree);
        }
        executor = helpers;
        threads = degree;
        return this;
    }

    /**
     * Determines whether the page contains the directories of the files.
     *
     * @param show true to show them; the default is false
     * @return this
     */
    public Report showPaths(boolean show) {
        showPaths = show;
        return this;
    }

    /**
     * Sets the time that the page states as that of its creation.
     *
     * @param instant the time; the default is the time at which this object was created
     * @return this
     */
    public Report time(Instant instant) {
        time = instant;
        return this;
    }

    /**
     * Writes the page to a new file, which appears when it is complete.
     *
     * @param file the file; its directory is created if necessary
     * @return what was written
     * @throws java.nio.file.FileAlreadyExistsException if the file exists
     * @throws CheckpointException if jackson-core is not on the class path, or the file cannot be written
     * @throws IOException if a checkpoint cannot be read
     */
    public Written writeTo(Path file) throws IOException {
        return writeTo(file, false);
    }

    /**
     * Writes the page to a file, which appears when it is complete.
     *
     * @param file the file; its directory is created if necessary
     * @param overwrite whether to replace an existing file
     * @return what was written
     * @throws java.nio.file.FileAlreadyExistsException if the file exists and must not be replaced
     * @throws CheckpointException if jackson-core is not on the class path, or the file cannot be written
     * @throws IOException if a checkpoint cannot be read
     */
    public Written writeTo(Path file, boolean overwrite) throws IOException {
        if (!overwrite) {
            Destination.requireFree(file);
        }
        try {
            ReportModel model = model();
            Page.write(file, overwrite, model::write);
            return new Written(
                    model.tensors, model.warnings.size(), model.groups().size());
        } catch (NoClassDefFoundError e) {
            throw new CheckpointException(
                    "writing a report needs jackson-core, which is not on the class path",
                    ErrorContext.hint("add the dependency com.fasterxml.jackson.core:jackson-core"),
                    e);
        }
    }

    private ReportModel model() throws IOException {
        ReportModel model = new ReportModel(new ShownPaths(showPaths, name), time);
        model.problems.addAll(problems);
        Checkpoint source = checkpoint;
        if (source == null) {
            return model;
        }
        if (verify) {
            Checkpoint.Verification done = source.verify(model.problems::add, executor, threads);
            model.parts.add(out -> out.object("verification", () -> {
                out.flag("checksums", source.hasChecksums());
                out.number("tensors", done.tensors());
                out.number("bytes", done.bytes());
            }));
        }
        try {
            read(source, model);
        } catch (IOException | UncheckedIOException e) {
            Salvage salvage = salvage(source, e);
            // What the verification found already is not listed twice.
            if (!verify) {
                model.problems.addAll(salvage.lost());
                model.problems.addAll(salvage.harmless());
            }
            read(salvage.intact(), model);
        }
        return model;
    }

    /** Reads what is intact of a checkpoint whose index is damaged. */
    private static Salvage salvage(Checkpoint source, Exception failure) throws IOException {
        Exception cause = failure instanceof UncheckedIOException unchecked ? unchecked.getCause() : failure;
        if (!(cause instanceof DataLossException)) {
            throw cause instanceof IOException io ? io : new IOException(cause);
        }
        return Salvage.of(source);
    }

    private void read(Checkpoint source, ReportModel model) throws IOException {
        List<JsonOutput.Element<Columns>> parts = new ArrayList<>();
        TensorTable tensors = TensorTable.read(source, selection, model.problems);
        parts.add(TensorColumns.of(source, tensors)::write);
        if (other != null) {
            ScanOptions options = ScanOptions.DEFAULT.withThreads(executor, threads);
            Changes changes = Changes.between(other, source, tensors, selection, options);
            parts.add(out -> out.object("changes", () -> changes.write(out)));
        }
        Warnings warnings = new Warnings(tensors);
        if (values) {
            // What the verification found is not listed twice.
            List<Problem> damage = verify ? new ArrayList<>() : model.problems;
            parts.add(TensorValues.read(source, tensors, executor, threads, warnings, damage)::write);
        }
        if (graph != null) {
            GraphView view = GraphView.of(source, graph, tensors);
            parts.add(out -> out.object("graph", () -> view.write(out, model.paths)));
        }
        model.parts.addAll(parts);
        model.warnings.addAll(warnings.found());
        model.tensors = tensors.all().tensors();
    }
}
