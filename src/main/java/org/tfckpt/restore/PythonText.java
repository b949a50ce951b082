package org.tfckpt.restore;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.tfckpt.tensor.Shape;

/** Formats values as Python does, for TensorFlow's messages. */
final class PythonText {
    private PythonText() {}

    /** Formats a shape like a TensorShape. */
    static String tuple(Shape shape) {
        String dimensions = Arrays.stream(shape.toArray())
                .mapToObj(size -> size < 0 ? "None" : String.valueOf(size))
                .collect(Collectors.joining(", "));
        return "(" + dimensions + (shape.rank() == 1 ? ",)" : ")");
    }

    /** Formats a shape like the list that a checkpoint reader returns. */
    static String list(Shape shape) {
        return Arrays.toString(shape.toArray());
    }

    static String string(String text) {
        boolean quoted = text.contains("'") && !text.contains("\"");
        return quoted ? '"' + text + '"' : "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    static String set(Collection<String> texts) {
        return texts.stream().map(PythonText::string).collect(Collectors.joining(", ", "{", "}"));
    }
}
