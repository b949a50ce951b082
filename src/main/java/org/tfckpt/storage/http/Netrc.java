package org.tfckpt.storage.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks up user names and passwords in {@code ~/.netrc}, or the file named by the variable {@code NETRC}. */
final class Netrc {
    private static final int MAX_SIZE = 1 << 20;
    /** A word; one with spaces is quoted. A macro lasts until an empty line. */
    private static final Pattern WORD =
            Pattern.compile("macdef\\b(?s:.*?)(?:\\n[ \\t\\r]*\\n|\\z)|#.*|\"((?:[^\"\\\\]|\\\\.)*+)\"|(\\S+)");

    private Netrc() {}

    /** Returns {@code user:password} for a host, or null if the file does not exist or has no entry for it. */
    static @Nullable String lookUp(String host, Map<String, String> environment) {
        String text = text(environment);
        return text == null ? null : lookUp(host, words(text));
    }

    private static @Nullable String text(Map<String, String> environment) {
        String file = environment.get("NETRC");
        String home = environment.getOrDefault("HOME", environment.get("USERPROFILE"));
        if (file == null && home == null) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file == null ? Path.of(home, ".netrc") : Path.of(file))) {
            return new String(in.readNBytes(MAX_SIZE), StandardCharsets.UTF_8);
        } catch (IOException | InvalidPathException notReadable) {
            return null;
        }
    }

    private static List<String> words(String text) {
        return WORD.matcher(text)
                .results()
                .filter(word -> word.group(1) != null || word.group(2) != null)
                .map(word ->
                        word.group(1) == null ? word.group(2) : word.group(1).replaceAll("\\\\(.)", "$1"))
                .toList();
    }

    private static @Nullable String lookUp(String host, List<String> words) {
        boolean matches = false;
        String login = null;
        String password = null;
        for (Iterator<String> word = words.iterator(); word.hasNext(); ) {
            String keyword = word.next();
            boolean isDefault = keyword.equals("default");
            String value = isDefault || !word.hasNext() ? "" : word.next();
            if (isDefault || keyword.equals("machine")) {
                if (matches) {
                    break;
                }
                matches = isDefault || value.equalsIgnoreCase(host);
            } else if (matches && keyword.equals("login")) {
                login = value;
            } else if (matches && keyword.equals("password")) {
                password = value;
            }
        }
        return login == null && password == null
                ? null
                : (login == null ? "" : login) + ":" + (password == null ? "" : password);
    }
}
