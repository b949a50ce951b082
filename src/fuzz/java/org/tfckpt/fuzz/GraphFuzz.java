package org.tfckpt.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.tfckpt.files.CheckpointState;
import org.tfckpt.graph.Graph;
import org.tfckpt.tensor.CheckpointException;

/** Reads arbitrary bytes as a graph and as a state file. Only documented exceptions may be thrown. */
class GraphFuzz {
    @BeforeAll
    static void writeSeeds() throws IOException {
        Seeds.write();
    }

    /** A graph, binary or text. */
    @FuzzTest
    void graph(byte[] data) throws IOException {
        Path file = Memory.write("graph", "graph.pb", data);
        try {
            Graph graph = Graph.open(file);
            // toString decodes everything, including shapes and slices.
            if ((graph.variables().toString() + graph.objectVariables() + graph.savers()).isEmpty()) {
                throw new AssertionError("no text");
            }
        } catch (CheckpointException expected) {
            // Documented.
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
            // Documented.
        }
    }
}
