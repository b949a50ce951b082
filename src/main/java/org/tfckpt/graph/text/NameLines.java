package org.tfckpt.graph.text;

import java.io.IOException;
import java.io.Reader;
import java.util.List;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Reads bare names, one per line. */
final class NameLines {
    private NameLines() {}

    static PrintedGraph read(Reader reader) throws IOException {
        TextWindow window = new TextWindow(reader);
        VariableList variables = new VariableList();
        int start = 0;
        long line = 1;
        int at = 0;
        while (true) {
            int shift = window.advance(at);
            at -= shift;
            start -= shift;
            boolean ends = window.isEnd(at);
            if (ends || window.at(at) == '\n') {
                String name = window.text(start, at).strip();
                if (!name.isEmpty()) {
                    variables.add(PrintedVariable.of(name, null, null));
                }
                if (ends) {
                    List<PrintedVariable> all = variables.finish();
                    return new PrintedGraph(all, false, false, 0, List.of(), "", !all.isEmpty());
                }
                start = at + 1;
                line++;
            } else if (at - start == TextWindow.MAX_NAME) {
                throw new UnsupportedFormatException(
                        "line " + line + " has more than " + TextWindow.MAX_NAME + " characters, too many for a name",
                        ErrorContext.hint("give one name per line"));
            }
            at++;
        }
    }
}
