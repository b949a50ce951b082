package org.tfckpt.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import org.tfckpt.files.CheckpointState;
import org.tfckpt.graph.Graph;
import org.tfckpt.tensor.CheckpointException;

/** What lies beside checkpoints, made of any bytes: only the documented exceptions may come out. */
class GraphFuzz {
    /** A graph, binary or text: what it is, the content says. */
    @FuzzTest
    void graph(byte[] data) throws IOException {
        Path file = Memory.write("graph", "graph.pb", data);
        try {
            Graph graph = Graph.open(file);
            // Everything that is said of them is put together here, and shapes and slices with it.
            if ((graph.variables().toString() + graph.objectVariables() + graph.savers()).isEmpty()) {
                throw new AssertionError("no text");
            }
        } catch (CheckpointException expected) {
            // All that may come of it.
        }
    }

    /** A state file. */
    @FuzzTest
    void state(byte[] data) throws IOException {
        Path file = Memory.write("state", "checkpoint", data);
        try {
            CheckpointState state = CheckpointState.read(file);
            for (String entry : state.all()) {
                state.candidates(entry);
            }
            state.toText();
        } catch (CheckpointException expected) {
            // All that may come of it.
        }
    }
}
