package org.tfckpt.restore;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.tfckpt.tensor.Shape;

/** Values as Python prints them, for TensorFlow's messages. */
final class PythonText {
    private PythonText() {}

    /** A shape as a TensorShape prints itself. */
    static String tuple(Shape shape) {
        String dimensions = Arrays.stream(shape.toArray())
                .mapToObj(size -> size < 0 ? "None" : String.valueOf(size))
                .collect(Collectors.joining(", "));
        return "(" + dimensions + (shape.rank() == 1 ? ",)" : ")");
    }

    /** A shape as the list that a checkpoint reader gives. */
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
