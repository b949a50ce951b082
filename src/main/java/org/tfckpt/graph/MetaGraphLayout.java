package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.proto.MetaGraphDef;
import org.tfckpt.proto.MetaGraphDef.MetaInfoDef;
import org.tfckpt.proto.MetaGraphDef.SignatureEntry;
import org.tfckpt.proto.SaverDef;

/**
 * The ranges of the parts of a MetaGraphDef; a bare GraphDef has only a graph. A part may consist of several pieces.
 */
record MetaGraphLayout(
        MetaInfoDef info,
        List<Range> graphs,
        List<SaverDef> savers,
        Map<String, Range> collections,
        Set<String> signatures,
        List<Range> objects) {
    private MetaGraphLayout(MetaInfoDef info, List<Range> graphs) {
        this(info, graphs, new ArrayList<>(), new TreeMap<>(), new TreeSet<>(), new ArrayList<>());
    }

    static MetaGraphLayout ofGraph(Range graph) {
        return new MetaGraphLayout(MetaInfoDef.getDefaultInstance(), List.of(graph));
    }

    static MetaGraphLayout read(GraphInput in, Range metaGraph) throws IOException {
        MetaInfoDef.Builder info = MetaInfoDef.newBuilder();
        MetaGraphLayout found = new MetaGraphLayout(info.buildPartial(), new ArrayList<>());
        in.walk(metaGraph, field -> {
            switch (field) {
                case MetaGraphDef.META_INFO_DEF_FIELD_NUMBER -> info.mergeFrom(in.message(MetaInfoDef.parser()));
                case MetaGraphDef.GRAPH_DEF_FIELD_NUMBER -> found.graphs.add(in.skipMessage());
                case MetaGraphDef.SAVER_DEF_FIELD_NUMBER -> found.savers.add(in.message(SaverDef.parser()));
                case MetaGraphDef.COLLECTION_DEF_FIELD_NUMBER -> found.add(in.entry());
                case MetaGraphDef.SIGNATURE_DEF_FIELD_NUMBER ->
                    found.signatures.add(in.message(SignatureEntry.parser()).getKey());
                case MetaGraphDef.OBJECT_GRAPH_DEF_FIELD_NUMBER -> found.objects.add(in.skipMessage());
                default -> in.skip();
            }
        });
        return new MetaGraphLayout(
                info.build(), found.graphs, found.savers, found.collections, found.signatures, found.objects);
    }

    /** The last collection with a key wins, as in every protobuf map. */
    private void add(GraphInput.Entry collection) {
        Range empty = new Range(0, 0);
        collections.put(collection.key(), collection.value() == null ? empty : collection.value());
    }

    Set<String> tags() {
        return new LinkedHashSet<>(info.getTagsList());
    }
}
