package org.tfckpt.files;

/**
 * Matches file names against patterns in the syntax of {@code fnmatch}, as TensorFlow does: {@code *} matches any
 * characters, {@code ?} one character, {@code [a-c]} one of a set, {@code [!a-c]} one that is not in the set. A pattern
 * may come from a hostile file, so matching takes at most time proportional to the product of the two lengths.
 */
final class FileGlob {
    private final String pattern;

    FileGlob(String pattern) {
        this.pattern = pattern;
    }

    static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    boolean matches(String name) {
        int at = 0;
        int star = -1;
        int starName = 0;
        int i = 0;
        while (i < name.length()) {
            int next = at < pattern.length() ? matchOne(at, name.charAt(i)) : -1;
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                starName = i;
            } else if (next >= 0) {
                at = next;
                i++;
            } else if (star >= 0) {
                // The last star matches one more character; earlier stars need not be tried again.
                at = star + 1;
                i = ++starName;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    /** Returns the index after the pattern's element at {@code at} if that element matches the character, else −1. */
    private int matchOne(int at, char c) {
        char element = pattern.charAt(at);
        int close = element == '[' ? closing(at) : -1;
        if (close < 0) {
            return element == '?' || element == c ? at + 1 : -1;
        }
        boolean negated = pattern.charAt(at + 1) == '!' || pattern.charAt(at + 1) == '^';
        boolean found = false;
        for (int i = at + (negated ? 2 : 1); i < close; i++) {
            if (i + 2 < close && pattern.charAt(i + 1) == '-') {
                found |= pattern.charAt(i) <= c && c <= pattern.charAt(i + 2);
                i += 2;
            } else {
                found |= pattern.charAt(i) == c;
            }
        }
        return found == negated ? -1 : close + 1;
    }

    /**
     * Returns the index of the bracket that ends a set, else −1. A closing bracket that comes first belongs to the set.
     */
    private int closing(int open) {
        boolean negated = open + 1 < pattern.length() && "!^".indexOf(pattern.charAt(open + 1)) >= 0;
        return pattern.indexOf(']', open + (negated ? 3 : 2));
    }
}
