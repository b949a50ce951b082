package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.files.CheckpointLocation;
import org.tfckpt.files.CheckpointLocator;
import org.tfckpt.files.CheckpointState;
import org.tfckpt.files.StateRepair;
import org.tfckpt.tensor.TensorNames;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code state}: shows a state file and whether its checkpoints still exist. */
@Command(
        name = "state",
        header = "Show or repair a 'checkpoint' state file.",
        description = {
            "Prints the checkpoints that the state file lists, the latest marked with '*', whether each still"
                    + " exists, and when it was saved. The exit status is 1 if the latest does not exist.",
            "",
            "A checkpoint that is not at its path is looked for next to the state file, under the last part of"
                    + " its path. --write makes such a state file usable for TensorFlow."
        },
        footer = "Example: tfckpt state log")
final class StateCommand extends ToolCommand {
    @Parameters(paramLabel = "PATH", description = "State file, or the directory that contains it.")
    private Path path = Path.of("");

    @Option(
            names = "--write",
            description = "Write the state file again, with relative paths to the checkpoints that exist; in a"
                    + " directory without a state file, to all checkpoints in it, the highest step last.")
    private boolean write;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Path file = Files.isDirectory(path) ? path.resolve(CheckpointState.FILE_NAME) : path;
        CheckpointState state = write ? StateRepair.of(file) : CheckpointLocator.state(path);
        if (write) {
            state.write(String.valueOf(file.getFileName()));
        }
        if (json) {
            json(state);
        } else {
            text(state);
        }
        return place(state, state.latest()) == null ? 1 : 0;
    }

    private void text(CheckpointState state) throws IOException {
        if (!state.all().contains(state.latest())) {
            line(state, state.latest(), null);
        }
        for (int i = 0; i < state.all().size(); i++) {
            line(state, state.all().get(i), time(state, i));
        }
    }

    private void line(CheckpointState state, String entry, @Nullable Instant time) throws IOException {
        Style style = style();
        String place = place(state, entry);
        String status = place == null ? style.bad("missing") : style.good("exists");
        String moved = place == null || place.equals(state.resolve(entry).toString()) ? "" : " at " + place;
        out().text((entry.equals(state.latest()) ? "* " : "  ") + TensorNames.printable(entry) + "  " + status + moved
                + (time == null ? "" : "  " + time) + "\n");
    }

    private static @Nullable Instant time(CheckpointState state, int index) {
        return index < state.timestamps().size()
                ? Instant.ofEpochMilli((long) (state.timestamps().get(index) * 1000))
                : null;
    }

    /** Returns the prefix at which an entry's checkpoint exists, or null. */
    private static @Nullable String place(CheckpointState state, String entry) throws IOException {
        return CheckpointLocator.locate(state, entry)
                .map(CheckpointLocation::name)
                .orElse(null);
    }

    private void json(CheckpointState state) throws IOException {
        out().json(out -> {
            out.text("latest", state.latest());
            out.flag("there", place(state, state.latest()) != null);
            List<Integer> indices =
                    IntStream.range(0, state.all().size()).boxed().toList();
            out.objects("all", indices, index -> {
                String entry = state.all().get(index);
                String place = place(state, entry);
                Instant time = time(state, index);
                out.text("prefix", entry);
                out.flag("there", place != null);
                out.text("place", place);
                out.text("saved", time == null ? null : time.toString());
            });
        });
    }
}
