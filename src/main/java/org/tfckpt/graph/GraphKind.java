package org.tfckpt.graph;

/** What the file of a graph holds. */
public enum GraphKind {
    /** A graph alone. */
    GRAPH_DEF("GraphDef"),
    /** A graph with collections and savers: a {@code .meta} file. */
    META_GRAPH_DEF("MetaGraphDef"),
    /** One or several such graphs, each with its tags. */
    SAVED_MODEL("SavedModel");

    private final String text;

    GraphKind(String text) {
        this.text = text;
    }

    /**
     * TensorFlow's name of the kind.
     *
     * @return for example {@code MetaGraphDef}
     */
    @Override
    public String toString() {
        return text;
    }
}
