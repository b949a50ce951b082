package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.tfckpt.graph.WireReader.Range;

/**
 * Where the parts of a MetaGraphDef are; of a bare GraphDef the graph is all there is.
 *
 * <pre>
 * MetaGraphDef 1 meta_info_def | 2 graph_def | 3 saver_def | 4 collection_def (entries) | 5 signature_def (entries)
 *              7 object_graph_def
 * MetaInfoDef  4 tags (repeated) | 5 tensorflow_version
 * </pre>
 *
 * <p>A message may come in several pieces, which count as one.
 */
record MetaGraphLayout(
        Set<String> tags,
        String tensorFlowVersion,
        List<Range> graphs,
        List<SaverDef> savers,
        List<Range> collections,
        Set<String> signatures,
        List<Range> objects) {
    static MetaGraphLayout ofGraph(Range graph) {
        return new MetaGraphLayout(Set.of(), "", List.of(graph), List.of(), List.of(), Set.of(), List.of());
    }

    static MetaGraphLayout read(WireReader in, Range metaGraph) throws IOException {
        Set<String> tags = new LinkedHashSet<>();
        String version = "";
        List<Range> graphs = new ArrayList<>();
        List<SaverDef> savers = new ArrayList<>();
        List<Range> collections = new ArrayList<>();
        Set<String> signatures = new TreeSet<>();
        List<Range> objects = new ArrayList<>();
        in.seek(metaGraph);
        while (in.next()) {
            switch (in.field()) {
                case 1 -> {
                    long outer = in.enter();
                    String found = info(in, tags);
                    version = found.isEmpty() ? version : found;
                    in.leave(outer);
                }
                case 2 -> graphs.add(in.message());
                case 3 -> {
                    long outer = in.enter();
                    savers.add(SaverDef.read(in));
                    in.leave(outer);
                }
                case 4 -> collections.add(in.message());
                case 5 -> {
                    long outer = in.enter();
                    signatures.add(key(in));
                    in.leave(outer);
                }
                case 7 -> objects.add(in.message());
                default -> in.skip();
            }
        }
        return new MetaGraphLayout(tags, version, graphs, savers, collections, signatures, objects);
    }

    private static String info(WireReader in, Set<String> tags) throws IOException {
        String version = "";
        while (in.next()) {
            switch (in.field()) {
                case 4 -> tags.add(in.text());
                case 5 -> version = in.text();
                default -> in.skip();
            }
        }
        return version;
    }

    private static String key(WireReader in) throws IOException {
        String key = "";
        while (in.next()) {
            if (in.field() == 1) {
                key = in.text();
            } else {
                in.skip();
            }
        }
        return key;
    }
}
