package org.tfckpt.graph;

/** The kind of message that the file of a graph contains. */
public enum GraphKind {
    /** A graph without collections and savers. */
    GRAPH_DEF("GraphDef"),
    /** A graph with collections and savers: a {@code .meta} file. */
    META_GRAPH_DEF("MetaGraphDef"),
    /** One or several MetaGraphDefs, each with its tags. */
    SAVED_MODEL("SavedModel");

    private final String text;

    GraphKind(String text) {
        this.text = text;
    }

    /**
     * Returns TensorFlow's name of the kind.
     *
     * @return for example {@code MetaGraphDef}
     */
    @Override
    public String toString() {
        return text;
    }
}
