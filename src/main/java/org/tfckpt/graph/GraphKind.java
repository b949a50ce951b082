package org.tfckpt.graph;

/** What the variables of a graph were read from. */
public enum GraphKind {
    /** A graph without collections and savers. */
    GRAPH_DEF("GraphDef"),
    /** A graph with collections and savers: a {@code .meta} file. */
    META_GRAPH_DEF("MetaGraphDef"),
    /** One or several MetaGraphDefs, each with its tags. */
    SAVED_MODEL("SavedModel"),
    /** Printed variables, or the text of a failed restore. */
    TEXT("text"),
    /** A checkpoint: the variables that its tensors belong to. */
    CHECKPOINT("checkpoint");

    private final String text;

    GraphKind(String text) {
        this.text = text;
    }

    /**
     * {@return the name of the kind: TensorFlow's name of a message, else a word, for example {@code MetaGraphDef} or
     * {@code text}}
     */
    @Override
    public String toString() {
        return text;
    }
}
