package org.tfckpt.graph;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.io.FileKind;
import org.tfckpt.proto.SavedModel;
import org.tfckpt.proto.SaverDef;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Reads the file of a graph. */
final class GraphReader {
    private final Path file;
    private final GraphKind kind;
    private final GraphInput in;

    private GraphReader(Path file, GraphKind kind, GraphInput in) {
        this.file = file;
        this.kind = kind;
        this.in = in;
    }

    /** Reads a file; returns null if it is not a graph. */
    static @Nullable GraphParts read(Path file, @Nullable Set<String> tags) throws IOException {
        // A graph is read once from front to back, so mapping it would gain nothing.
        try (ByteSource source = ByteSources.channel(file)) {
            if (source.size() == 0) {
                throw new DataLossException(
                        ProblemKind.TRUNCATED, "the file is empty", ErrorContext.at(file.toString(), -1));
            }
            String text = Sniffer.text(source);
            if (text != null) {
                GraphKind kind = Sniffer.kindOfText(text);
                return kind == null
                        ? null
                        : read(file, kind, GraphInput.ofText(source.name(), TextGraphs.parse(source, kind)), tags);
            }
            GraphInput in = GraphInput.of(source);
            // A model of ONNX has a number and a message where a SavedModel has them.
            GraphKind kind = FileKind.of(source).equals(FileKind.ONNX) ? null : Sniffer.kindOf(in);
            if (kind != null && source.size() > GraphInput.MAX_SIZE) {
                throw new UnsupportedFormatException(
                        "a " + kind + " of 2 GiB or more cannot be read: protobuf messages are smaller",
                        ErrorContext.at(file.toString(), -1));
            }
            return kind == null ? null : read(file, kind, in, tags);
        }
    }

    private static @Nullable GraphParts read(Path file, GraphKind kind, GraphInput in, @Nullable Set<String> tags)
            throws IOException {
        return new GraphReader(file, kind, in).read(tags);
    }

    private @Nullable GraphParts read(@Nullable Set<String> tags) throws IOException {
        MetaGraphLayout layout = switch (kind) {
            case GRAPH_DEF -> MetaGraphLayout.ofGraph(in.all());
            case META_GRAPH_DEF -> MetaGraphLayout.read(in, in.all());
            case SAVED_MODEL -> null;
            case TEXT, CHECKPOINT -> throw new IllegalStateException(kind + " is not a message");
        };
        layout = layout == null ? choose(savedModel(), tags) : choose(List.of(layout), tags);
        GraphNodes nodes = new GraphNodes();
        GraphDefReader reader = new GraphDefReader(in, nodes);
        for (Range graph : layout.graphs()) {
            reader.read(graph);
        }
        // Other messages may resemble a graph. One that states its writer, or has an op that nearly every graph has, is
        // one.
        boolean signed = nodes.producer.isPresent() && nodes.count > 0;
        boolean versioned = !layout.info().getTensorflowVersion().isEmpty();
        return (signed || nodes.familiar || versioned) && !layout.graphs().isEmpty() ? parts(layout, nodes) : null;
    }

    private GraphParts parts(MetaGraphLayout layout, GraphNodes nodes) throws IOException {
        List<SaverDef> definitions = new ArrayList<>(layout.savers());
        definitions.addAll(new CollectionReader(in, nodes.variables).read(layout.collections()));
        for (String slot : SlotFinder.slots(nodes)) {
            Objects.requireNonNull(nodes.variables.get(slot)).optimizerSlot = true;
        }
        Map<String, GraphVariable> variables = new LinkedHashMap<>();
        nodes.variables.forEach((name, variable) -> variables.put(name, variable.build()));
        List<GraphSaver> savers = SaverReader.read(in, nodes, variables, definitions);
        GraphParts.Info info = new GraphParts.Info(
                Set.copyOf(layout.tags()),
                Optional.of(layout.info().getTensorflowVersion()).filter(version -> !version.isEmpty()),
                nodes.producer,
                nodes.count,
                nodes.functions,
                layout.collections().keySet(),
                layout.signatures());
        return new GraphParts(
                file,
                kind,
                info,
                Variables.of(variables.values()),
                savers,
                SavedObjects.read(in, layout.objects()),
                false,
                false,
                List.of());
    }

    private List<MetaGraphLayout> savedModel() throws IOException {
        List<Range> ranges = new ArrayList<>();
        in.walk(in.all(), field -> {
            if (field == SavedModel.META_GRAPHS_FIELD_NUMBER) {
                ranges.add(in.skipMessage());
            } else {
                in.skip();
            }
        });
        List<MetaGraphLayout> layouts = new ArrayList<>();
        for (Range range : ranges) {
            layouts.add(MetaGraphLayout.read(in, range));
        }
        return layouts;
    }

    private MetaGraphLayout choose(List<MetaGraphLayout> layouts, @Nullable Set<String> tags)
            throws CheckpointException {
        if (tags == null && layouts.size() == 1) {
            return layouts.get(0);
        }
        List<String> all = new ArrayList<>();
        for (MetaGraphLayout layout : layouts) {
            if (layout.tags().equals(tags)) {
                return layout;
            }
            all.add(layout.tags().isEmpty() ? "none" : "{" + String.join(",", layout.tags()) + "}");
        }
        String available = all.isEmpty() ? "none" : String.join(", ", all);
        ErrorContext place = ErrorContext.at(file.toString(), -1);
        if (tags == null) {
            throw new UnsupportedFormatException(
                    "the SavedModel contains " + layouts.size() + " graphs",
                    place.withHint("choose one by its tags: " + available));
        }
        throw new CheckpointException(
                "the file contains no graph with the tags {" + String.join(",", new TreeSet<>(tags)) + "}",
                place.withHint("tags of its graphs: " + available));
    }
}
