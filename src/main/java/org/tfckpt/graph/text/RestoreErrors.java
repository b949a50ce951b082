package org.tfckpt.graph.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.UnsupportedFormatException;

/** What the errors and warnings of a restore say, and what else a user should know. Not thread-safe. */
final class RestoreErrors {
    private static final String ROOT = "(root)";
    private static final String EXPECTED = ". Expected: [";

    /** The number of lines after which an error has ended that names no variable. */
    private static final int MESSAGE_LINES = 30;

    private final TextWindow window;
    private final VariableList variables;

    private final VariableList.Limited unused = new VariableList.Limited();
    private final VariableList.Limited layers = new VariableList.Limited();
    private long nameless;
    private boolean summary;
    private boolean unbound;
    private boolean listing;

    private boolean assigned;
    private @Nullable Shape assignedShape;
    private int assignedLines;
    private long unnamedAssigned;

    RestoreErrors(TextWindow window, VariableList variables) {
        this.window = window;
        this.variables = variables;
    }

    /** Returns whether printed variables are those that a restore did not find. */
    boolean isUnbound() {
        return unbound;
    }

    /** Returns whether quoted names are those that a restore did not find. */
    boolean isListing() {
        return listing;
    }

    void endOfLine() {
        listing = false;
    }

    /** Tells that a line says nothing about variables. */
    void otherLine() {
        unbound = false;
        if (assigned && ++assignedLines > MESSAGE_LINES) {
            assigned = false;
            unnamedAssigned++;
        }
    }

    /** Handles a form; returns what may follow in the next lines, or null if it is nothing after all. */
    TextLines.@Nullable Next said(Form form, int close) throws UnsupportedFormatException {
        Template template = form.template();
        switch (form.kind()) {
            case WANTED -> want(template.name(), template);
            case ATTRIBUTE -> attributes(template.name(), template.rest());
            case UNUSED -> {
                String object = template.rest();
                int more = object.indexOf(": attributes {");
                unused.add(more < 0 ? object : object.substring(0, more));
                return more < 0 ? TextLines.Next.OTHER : TextLines.Next.FIELDS;
            }
            case ASSIGNED -> {
                unnamedAssigned += assigned ? 1 : 0;
                assigned = true;
                assignedShape = template.shape();
                assignedLines = 0;
            }
            case LOCATION -> {
                if (!assigned) {
                    return null;
                }
                assigned = false;
                variables.addWanted(PrintedVariable.of(template.name(), template.dtype(), assignedShape));
            }
            case LAYER -> {
                layers.add("'" + template.name() + "'");
                expected(template.name(), close);
            }
            case UNBOUND -> unbound = true;
            case KEYS -> listing = true;
            case KEY -> want(template.name(), template);
            case NAMELESS -> {
                nameless++;
                return TextLines.Next.IGNORED;
            }
            case SUMMARY -> {
                summary = true;
                return TextLines.Next.IGNORED;
            }
            case AROUND, EAGER, VARIABLE, PERHAPS, TENSOR -> {}
        }
        return TextLines.Next.OTHER;
    }

    private void want(String name, Template template) throws UnsupportedFormatException {
        // TensorFlow asks for the object graph of every checkpoint that lacks a name.
        if (!name.equals(ObjectKeys.OBJECT_GRAPH)) {
            variables.addWanted(PrintedVariable.of(name, template.dtype(), template.shape()));
        }
    }

    /** Adds the keys of attributes, which TensorFlow prints as a list of strings. */
    private void attributes(String object, String list) throws UnsupportedFormatException {
        String path = path(object);
        int from = list.indexOf('\'');
        while (from >= 0) {
            int to = list.indexOf('\'', from + 1);
            if (to > from + 1) {
                String key = ObjectKeys.key(path, list.substring(from + 1, to));
                variables.addWanted(PrintedVariable.of(key, null, null));
            }
            from = to < 0 ? -1 : list.indexOf('\'', to + 1);
        }
    }

    /** Returns the path in keys of an object as TensorFlow prints it, {@code (root).a} or that of a slot. */
    private static String path(String object) {
        int slot = object.indexOf("'s state '");
        int variable = object.indexOf("' for ", slot + 1);
        if (slot > 0 && variable > slot) {
            return ObjectKeys.slotPath(
                    path(object.substring(variable + 6)),
                    path(object.substring(0, slot)),
                    object.substring(slot + 10, variable));
        }
        String names = object.startsWith(ROOT) ? object.substring(ROOT.length()) : object;
        List<String> path = new ArrayList<>();
        for (String name : names.split("\\.", -1)) {
            if (!name.isEmpty()) {
                path.add(ObjectKeys.escape(name));
            }
        }
        return String.join("/", path);
    }

    /** Adds the variables that a layer of Keras expected, if the error lists them. */
    private void expected(String layer, int close) throws UnsupportedFormatException {
        if (!window.startsWith(EXPECTED, close)) {
            return;
        }
        int at = window.quoted(close + EXPECTED.length());
        while (at != TextWindow.NONE) {
            String name = window.name();
            variables.addWanted(PrintedVariable.of(name.indexOf('/') < 0 ? layer + "/" + name : name, null, null));
            at = window.at(at) == ',' ? window.quoted(window.skipBlanks(at + 1)) : TextWindow.NONE;
        }
    }

    PrintedGraph result(List<PrintedVariable> all, long ignoredLines, boolean eager, boolean onlyWords) {
        unnamedAssigned += assigned ? 1 : 0;
        boolean partial = variables.isPartial() || (unused.count() > 0 && all.isEmpty());
        return new PrintedGraph(
                all,
                partial,
                eager,
                ignoredLines,
                remarks(all, partial),
                problem(onlyWords),
                !all.isEmpty() || unused.count() > 0);
    }

    private List<String> remarks(List<PrintedVariable> all, boolean partial) {
        List<String> remarks = new ArrayList<>();
        if (partial && !all.isEmpty()) {
            remarks.add("these are the variables that an error names, which may not be all that are wanted");
        }
        VariableList.Limited twice = variables.contradictions();
        if (twice.count() > 0) {
            remarks.add("printed with different shapes or dtypes, of which the last counts: " + twice);
        }
        if (unused.count() > 0) {
            remarks.add("values of the checkpoint that the program does not use, according to TensorFlow: " + unused);
        }
        if (layers.count() > 0) {
            remarks.add("layers whose variables were not found, according to Keras: " + layers);
        }
        if (unnamedAssigned > 0) {
            remarks.add("variables of which the error states only the shape, not the name: " + unnamedAssigned);
        }
        if (nameless > 0) {
            remarks.add("variables printed without their names: " + nameless);
        }
        return remarks;
    }

    private String problem(boolean onlyWords) {
        if (nameless > 0) {
            return "it has variables without their names (\"<tensorflow.python.ops… object at 0x…>\"); print them with:"
                    + " for v in tf.all_variables(): print(v.name, v.dtype, v.get_shape())";
        }
        if (summary) {
            return "model.summary() shows layers, but not the names of variables; print them with:"
                    + " for v in model.variables: print(v)";
        }
        if (layers.count() > 0) {
            return "it names " + layers + ", but no variables; print them with: for v in model.variables: print(v)";
        }
        if (onlyWords) {
            return "if each line is the name of a variable, use --graph-format names (in Java Graph.ofNames)";
        }
        return unnamedAssigned > 0
                ? "the error states a shape, but not the name of the variable; print all variables with:"
                        + " for v in tf.global_variables(): print(v.name, v.dtype, v.shape)"
                : "";
    }
}
