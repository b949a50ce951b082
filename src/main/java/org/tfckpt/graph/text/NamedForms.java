package org.tfckpt.graph.text;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * The forms that begin with the name of a variable, recognised by what follows it: {@code w:0 (3, 4)}, {@code ('w', [3,
 * 4])}, {@code w (DT_FLOAT) [3,4]}, {@code w torch.Size([3, 4])}. Each method returns the position after the variable
 * that it adds, or {@link TextWindow#NONE}.
 */
final class NamedForms {
    /** How far before a listed variable a NUL is looked for. */
    private static final int MAX_BEFORE = 256;

    private static final String TORCH = "torch.Size(";
    private static final String TORCH_DTYPE = "torch.";

    /** What has a number, but is no variable. */
    private static final Pattern DEVICE = Pattern.compile("(?i)(?:[cgtnx]pu|cuda|mps|xla|hpu|rank|localhost)");

    private static final Pattern COUNTER = Pattern.compile(
            "(?i)(?:train|test|val|eval)?_?(?:epochs?|steps?|iter|iters|iterations?|batch|batches|fold|trial|run|seed"
                    + "|worker|node|host|port|line|device|replica|task|process|thread|level|layer|stage|phase|loss)");

    private static final Set<String> VERBS =
            Set.of("shape", "size", "is", "of", "to", "was", "got", "with", "than", "but", "and", "from", "be");

    /** The usual last parts of the names of parameters in PyTorch. */
    private static final Pattern PARAMETER = Pattern.compile("(?:.*[._])?(?:weight|bias|running_(?:mean|var)"
            + "|num_batches_tracked|gamma|beta|kernel|embeddings?)(?:_[a-z0-9]+)*");

    private static final Set<String> KEYWORDS =
            Set.of("in", "return", "yield", "and", "or", "not", "is", "if", "else", "assert", "lambda", "print");

    /** A tuple that is indented so far is probably source code. */
    private static final int SOURCE_INDENTATION = 4;

    private final TextWindow window;
    private final VariableList variables;
    private final Details details;

    NamedForms(TextWindow window, VariableList variables) {
        this.window = window;
        this.variables = variables;
        this.details = new Details(window);
    }

    /**
     * Recognises a name with {@code :0}.
     *
     * @param at the position of the colon
     * @param floor where the name begins at the earliest
     */
    int firstOutput(int at, int floor) throws UnsupportedFormatException {
        char after = window.at(at + 2);
        if (window.at(at + 1) != '0' || TextWindow.isWord(after) || after == '/' || after == '.') {
            return TextWindow.NONE;
        }
        boolean quoted = isQuote(after);
        int close = details.read(quoted ? at + 3 : at + 2);
        if (close == TextWindow.NONE) {
            return TextWindow.NONE;
        }
        String name = quoted ? quotedBefore(at, floor, after) : tokenBefore(at, floor);
        if (name == null || DEVICE.matcher(name).matches() || (!quoted && !isNodeName(name))) {
            return TextWindow.NONE;
        }
        boolean certain =
                quoted || details.isTypedOrScalar() || !COUNTER.matcher(name).matches();
        add(name, ":0", certain);
        return close;
    }

    /** Recognises {@code w (DT_FLOAT) [3,4]} at its parenthesis. */
    int listed(int at, int floor) throws UnsupportedFormatException {
        int type = window.dtype(at + 1);
        if (type == TextWindow.NONE || window.at(type) != ')' || window.at(at - 1) != ' ') {
            return TextWindow.NONE;
        }
        int close = details.read(type + 1);
        String name = close == TextWindow.NONE ? null : tokenBefore(blanksBefore(at, floor), floor);
        if (name == null || hasNul(at, floor)) {
            return TextWindow.NONE;
        }
        if (!name.equals(ObjectKeys.OBJECT_GRAPH)) {
            window.dtype(at + 1);
            variables.add(PrintedVariable.of(name, window.dtype(), details.shape()), "listed", true);
        }
        return close;
    }

    /** Returns whether a name with a NUL precedes. It may have blanks, too, so that its beginning is not known. */
    private boolean hasNul(int position, int floor) {
        for (int at = position - 1; at >= Math.max(floor, position - MAX_BEFORE); at--) {
            if (window.at(at) == 0) {
                return true;
            }
            if (window.at(at) == '\n') {
                return false;
            }
        }
        return false;
    }

    /** Recognises {@code w torch.Size([3, 4])} at its shape. */
    int torch(int at, int floor) throws UnsupportedFormatException {
        char before = window.at(at - 1);
        if (!window.startsWith(TORCH, at) || !Details.isSeparator(before)) {
            return TextWindow.NONE;
        }
        int close = details.read(at - 1);
        if (close == TextWindow.NONE) {
            return TextWindow.NONE;
        }
        Dtype dtype = details.dtype();
        boolean labelled = false;
        int end = separatorsBefore(at, floor);
        String name = nameBefore(end, floor);
        // What stands between a name and its shape.
        while (name != null && (name.equals("shape") || name.startsWith(TORCH_DTYPE))) {
            dtype = name.equals("shape") ? dtype : Dtype.of(name.substring(TORCH_DTYPE.length()));
            labelled = true;
            end = separatorsBefore(end - name.length(), floor);
            name = nameBefore(end, floor);
        }
        if (name == null
                || VERBS.contains(name.substring(name.lastIndexOf('.') + 1))
                || (labelled && !isParameter(name))) {
            return TextWindow.NONE;
        }
        variables.add(PrintedVariable.of(name, dtype, details.shape()), TORCH, isParameter(name));
        return close;
    }

    private int separatorsBefore(int position, int floor) {
        int at = position;
        while (at > floor && (Details.isSeparator(window.at(at - 1)) || window.at(at - 1) == '>')) {
            at--;
        }
        return at;
    }

    private @Nullable String nameBefore(int end, int floor) {
        char last = window.at(end - 1);
        return isQuote(last) ? quotedBefore(end - 1, floor, last) : tokenBefore(end, floor);
    }

    /** Recognises {@code ('w', [3, 4])} at its parenthesis. */
    int tuple(int at, int floor) throws UnsupportedFormatException {
        int afterName = isCall(at) ? TextWindow.NONE : window.quoted(at + 1);
        if (afterName == TextWindow.NONE) {
            return TextWindow.NONE;
        }
        String name = window.name();
        int close = details.readElements(afterName);
        if (close == TextWindow.NONE) {
            return TextWindow.NONE;
        }
        boolean first = PrintedVariable.isFirstOutput(name);
        boolean ends = window.at(close) == ')';
        if (first || details.isTensorShape()) {
            add(name, "tuple", true);
        } else if (ends && isTorch(afterName)) {
            add(name, TORCH, isParameter(name));
        } else if (ends && !isInSource(at, floor)) {
            add(name, "tuple", name.indexOf('/') > 0 && !isIndented(at));
        } else {
            return TextWindow.NONE;
        }
        return ends ? close + 1 : close;
    }

    private void add(String name, String form, boolean certain) throws UnsupportedFormatException {
        variables.add(PrintedVariable.of(name, details.dtype(), details.shape()), form, certain);
    }

    private boolean isTorch(int afterName) {
        int comma = window.skipSpace(afterName);
        return window.startsWith(TORCH, window.skipSpace(comma + 1));
    }

    private static boolean isParameter(String name) {
        return name.indexOf('/') > 0
                || (name.indexOf('.') > 0 && PARAMETER.matcher(name).matches());
    }

    private static boolean isNodeName(String name) {
        char first = name.charAt(0);
        return (TextWindow.isWord(first) || first == '.') && name.chars().anyMatch(Character::isLetter);
    }

    private static boolean isQuote(char c) {
        return c == '\'' || c == '"';
    }

    private int blanksBefore(int position, int floor) {
        int at = position;
        while (at > floor && (window.at(at - 1) == ' ' || window.at(at - 1) == '\t')) {
            at--;
        }
        return at;
    }

    /** Returns the name without blanks that ends at a position; null if there is none. */
    private @Nullable String tokenBefore(int position, int floor) {
        int end = window.startsWith(":0", position - 2) && position - 2 > floor ? position - 2 : position;
        int at = end;
        while (at > floor && end - at < TextWindow.MAX_NAME && isNamePart(window.at(at - 1))) {
            at--;
        }
        // A prompt, a quotation mark or a bullet.
        while (at < end && (window.at(at) == '>' || window.at(at) == '*' || window.at(at) == '-')) {
            at++;
        }
        return at == end ? null : window.text(at, end);
    }

    private static boolean isNamePart(char c) {
        return TextWindow.isWord(c)
                || switch (c) {
                    case '.', '/', '-', '\\', '>', '+', '@', '#', '$', '%', '&', '~', '^', '*', '!' -> true;
                    // Box drawings separate columns.
                    default ->
                        c > 0x7f
                                && !Character.isWhitespace(c)
                                && !Character.isSpaceChar(c)
                                && (c < '\u2500' || c > '\u257f');
                };
    }

    private @Nullable String quotedBefore(int end, int floor, char quote) {
        for (int at = end - 1; at >= floor && end - at <= TextWindow.MAX_NAME; at--) {
            char c = window.at(at);
            if (c == '\n') {
                return null;
            }
            if (c == quote && window.at(at - 1) != '\\') {
                String name = window.text(at + 1, end);
                return name.isEmpty() ? null : PythonEscapes.unescape(name, window.at(at - 1) == 'b');
            }
        }
        return null;
    }

    private boolean isCall(int at) {
        char before = window.at(at - 1);
        return TextWindow.isWord(before) || before == ')' || before == ']' || before == '.';
    }

    /** Returns whether a position is the first of its line and indented as source code usually is. */
    boolean isIndented(int position) {
        int at = position;
        int blanks = 0;
        while (window.at(at - 1) == ' ' || window.at(at - 1) == '\t') {
            at--;
            blanks += window.at(at) == '\t' ? SOURCE_INDENTATION : 1;
        }
        return (window.at(at - 1) == '\n' || at == 0) && blanks >= SOURCE_INDENTATION;
    }

    /** Returns whether what precedes a tuple or dict on its line looks like source code or prose instead of a log. */
    boolean isInSource(int position, int floor) {
        int at = position;
        boolean list = window.at(at) == '{';
        while (isOpening(window.at(at - 1))) {
            at--;
            list |= window.at(at) == '[';
        }
        char before = window.at(at - 1);
        if (before == ',') {
            return at - 1 != floor && blanksBefore(at - 1, floor) != floor;
        }
        if (TextWindow.isWord(before) && !TextWindow.isDigit(before)) {
            int start = at;
            while (TextWindow.isWord(window.at(start - 1))) {
                start--;
            }
            String word = window.text(start, at);
            boolean level = word.equals(word.toUpperCase(Locale.ROOT));
            boolean separate = window.at(at) == ' ' || window.at(at) == '\t';
            return !separate || !(level || (list && !KEYWORDS.contains(word)));
        }
        return "=`#+*/&%<.!\"'".indexOf(before) >= 0;
    }

    private static boolean isOpening(char c) {
        return c == ' ' || c == '\t' || c == '[' || c == '(' || c == '{';
    }
}
