package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.tfckpt.restore.SedRule.Piece;

/** Parses substitutions {@code s#…#…#flags}, separated by {@code ;}. */
final class SedParser {
    private static final String ADVICE = "a rule looks like 's#^init/#input/#'";

    /** Names of POSIX character classes, which occur within brackets, and their Java counterparts. */
    private static final String[][] CLASSES = {
        {"[:alnum:]", "\\p{Alnum}"}, {"[:alpha:]", "\\p{Alpha}"}, {"[:digit:]", "0-9"}, {"[:lower:]", "\\p{Lower}"},
        {"[:punct:]", "\\p{Punct}"}, {"[:space:]", "\\s"}, {"[:upper:]", "\\p{Upper}"}, {"[:xdigit:]", "\\p{XDigit}"}
    };

    private final String text;
    private int at;

    private SedParser(String text) {
        this.text = text;
    }

    static List<SedRule> parse(String text) {
        SedParser parser = new SedParser(text);
        List<SedRule> rules = new ArrayList<>();
        do {
            rules.add(parser.rule());
            parser.skipBetween();
        } while (parser.at < text.length());
        return rules;
    }

    private void skipBetween() {
        while (at < text.length() && (text.charAt(at) == ';' || Character.isWhitespace(text.charAt(at)))) {
            at++;
        }
    }

    private SedRule rule() {
        int start = at;
        if (!text.startsWith("s", at) || text.length() < at + 2) {
            throw wrong("it must begin with 's' and a delimiter");
        }
        char delimiter = text.charAt(at + 1);
        if (delimiter == '\\' || Character.isWhitespace(delimiter) || delimiter == ';') {
            throw wrong("the delimiter must not be white space, ';' or '\\'");
        }
        at += 2;
        String expression = field(delimiter, true);
        String replacement = field(delimiter, false);
        int first = 0;
        boolean all = false;
        int options = Pattern.DOTALL;
        for (; at < text.length() && text.charAt(at) != ';' && !Character.isWhitespace(text.charAt(at)); at++) {
            char flag = text.charAt(at);
            if (flag == 'g') {
                all = true;
            } else if (flag == 'i' || flag == 'I') {
                options |= Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
            } else if (flag >= '0' && flag <= '9' && first < 100_000 && (first > 0 || flag != '0')) {
                first = 10 * first + flag - '0';
            } else {
                throw wrong("'" + flag + "' is not a flag (g, i or a number)");
            }
        }
        Pattern pattern = pattern(expression, delimiter, options);
        int groups = pattern.matcher("").groupCount();
        return new SedRule(
                text.substring(start, at), pattern, pieces(replacement, delimiter, groups), Math.max(1, first), all);
    }

    /** Reads up to the next delimiter that is not escaped and, in an expression, not within brackets. */
    private String field(char delimiter, boolean isExpression) {
        int start = at;
        int bracket = -1;
        for (; at < text.length(); at++) {
            char c = text.charAt(at);
            if (bracket < 0 && c == delimiter) {
                return text.substring(start, at++);
            }
            if (c == '\\') {
                at++;
            } else if (isExpression && bracket < 0 && c == '[') {
                bracket = text.startsWith("[^", at) ? at + 1 : at;
            } else if (c == ']' && at > bracket + 1 && !text.startsWith(":]", at - 1)) {
                bracket = -1;
            }
        }
        throw wrong("its " + (isExpression ? "expression" : "replacement") + " does not end with '" + delimiter + "'");
    }

    private Pattern pattern(String expression, char delimiter, int options) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '\\' && i + 1 < expression.length()) {
                char next = expression.charAt(++i);
                // An escaped delimiter stands for itself: '\|' in 's|a\|b|c|', and the 'x' in 'sxa\xbxcx'.
                boolean plain = next == delimiter && Character.isLetterOrDigit(next);
                regex.append(plain ? "" : "\\").append(next);
            } else {
                regex.append(c);
            }
        }
        String java = regex.toString();
        for (String[] name : CLASSES) {
            java = java.replace(name[0], name[1]);
        }
        try {
            return Pattern.compile(java, options);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a rule: '" + expression + "' is not a regular expression: "
                            + e.getDescription(),
                    e);
        }
    }

    private List<Piece> pieces(String replacement, char delimiter, int groups) {
        List<Piece> pieces = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < replacement.length(); i++) {
            char c = replacement.charAt(i);
            int group = c == '&' ? 0 : Piece.NO_GROUP;
            if (c == '\\' && i + 1 < replacement.length()) {
                c = replacement.charAt(++i);
                group = c >= '0' && c <= '9' ? c - '0' : Piece.NO_GROUP;
                if (group == Piece.NO_GROUP && c != delimiter && Character.isLetterOrDigit(c)) {
                    throw wrong("'\\" + c + "' has no meaning in a replacement");
                }
            }
            if (group == Piece.NO_GROUP) {
                plain.append(c);
                continue;
            }
            if (group > groups) {
                throw wrong("there is no group " + group + " for '\\" + group + "'");
            }
            pieces.add(new Piece(plain.toString(), Piece.NO_GROUP));
            pieces.add(new Piece("", group));
            plain.setLength(0);
        }
        pieces.add(new Piece(plain.toString(), Piece.NO_GROUP));
        return List.copyOf(pieces);
    }

    private IllegalArgumentException wrong(String why) {
        return new IllegalArgumentException("'" + text + "' is not a rule: " + why + "; " + ADVICE);
    }
}
