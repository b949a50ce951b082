package org.tfckpt.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Removes from a page what should not be passed on: directories, and the queries and user names of URLs. */
final class ShownPaths {
    private static final Pattern URL_SECRETS =
            Pattern.compile("(?<=://)[^/@\\s'\"]*@|(?<=://[^?#\\s'\"]{1,2000})[?#][^\\s'\"]*");
    private static final Pattern DIRECTORIES = Pattern.compile(
            "(?<![\\w.\\-*])(?:[a-z0-9]+:/|[A-Za-z]:)?(?:[/\\\\][^/\\\\\\s'\":]+)*[/\\\\](?=[^/\\\\\\s'\"])");

    private final boolean all;
    private final String checkpoint;
    private final List<String> directories = new ArrayList<>();

    ShownPaths(boolean all, String checkpoint) {
        this.all = all;
        this.checkpoint = checkpoint;
        add(checkpoint);
    }

    /** Adds a path that messages may contain. */
    void add(String path) {
        String directory = withoutSecrets(path);
        int end = endOfDirectory(directory);
        if (end > 0) {
            directories.add(directory.substring(0, end));
        }
    }

    private static String withoutSecrets(String text) {
        return URL_SECRETS.matcher(text).replaceAll("");
    }

    private static int endOfDirectory(String path) {
        return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
    }

    /** Returns the last part of a path. */
    static String fileName(String path) {
        String shown = withoutSecrets(path);
        String trimmed = shown.replaceAll("[/\\\\]+$", "");
        return trimmed.substring(endOfDirectory(trimmed));
    }

    String checkpoint() {
        return fileName(checkpoint);
    }

    /** Returns the path as it was given, or null if it is not shown. */
    @Nullable
    String path() {
        return all ? withoutSecrets(checkpoint) : null;
    }

    /** Returns a message without directories. */
    String message(String text) {
        String shown = withoutSecrets(text);
        if (all) {
            return shown;
        }
        for (String directory : directories) {
            shown = shown.replace(directory, "");
        }
        return DIRECTORIES.matcher(shown).replaceAll("");
    }
}
