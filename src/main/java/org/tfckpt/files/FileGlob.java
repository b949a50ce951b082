package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * File names by TensorFlow's patterns, which are fnmatch's: {@code *} any characters, {@code ?} one, {@code [a-c]} one of
 * these, {@code [!a-c]} one of the others. A pattern may come from a file, so that it is matched in time that only
 * grows with its length times the name's.
 */
final class FileGlob {
    private final String pattern;

    FileGlob(String pattern) {
        this.pattern = pattern;
    }

    static boolean isPattern(String name) {
        return name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[');
    }

    /** The files of a directory whose names match, in order. */
    List<Path> in(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> all =
                    Files.newDirectoryStream(directory, file -> matches(String.valueOf(file.getFileName())))) {
                all.forEach(files::add);
            }
        }
        files.sort(null);
        return files;
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
                // The last star takes one character more; stars before it need not be tried again.
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

    /** Where the pattern goes on if its element at {@code at} takes the character, else −1. */
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

    /** A bracket that comes first is one of the set. */
    private int closing(int open) {
        boolean negated = open + 1 < pattern.length() && "!^".indexOf(pattern.charAt(open + 1)) >= 0;
        return pattern.indexOf(']', open + (negated ? 3 : 2));
    }
}
