package org.tfckpt.storage.http;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/** What the first answer tells about a file, with which all further answers must agree. Thread-safe. */
final class FileVersion {
    private static final Pattern STRONG_TAG = Pattern.compile("\"[\\x21\\x23-\\x7e]{0,1000}\"");

    private final HttpUrl url;
    private final boolean ignoresTags;
    private volatile @Nullable Seen first;

    private record Seen(
            long size, @Nullable String tag, @Nullable String lastModified) {}

    FileVersion(HttpUrl url, boolean ignoresTags) {
        this.url = url;
        this.ignoresTags = ignoresTags;
    }

    /** Returns the size of the file; −1 before the first answer. */
    long size() {
        Seen seen = first;
        return seen == null ? -1 : seen.size;
    }

    /** Returns the strong entity tag of the file, or null. */
    @Nullable
    String tag() {
        Seen seen = first;
        return seen == null ? null : seen.tag;
    }

    Optional<String> text() {
        Seen seen = first;
        return seen == null ? Optional.empty() : Optional.ofNullable(seen.tag == null ? seen.lastModified : seen.tag);
    }

    /** Remembers the first answer, or compares another one with it; throws if the file has changed. */
    synchronized void check(Answer answer, long size) throws CheckpointException {
        String tag = answer.header("ETag");
        boolean strong = !ignoresTags && tag != null && STRONG_TAG.matcher(tag).matches();
        Seen seen = new Seen(size, strong ? tag : null, answer.header("Last-Modified"));
        Seen known = first;
        if (known == null) {
            first = seen;
        } else if (known.size != size) {
            throw changed("its size was " + known.size + " bytes and is now " + size);
        } else if (known.tag != null && seen.tag != null && !known.tag.equals(seen.tag)) {
            throw changed("its entity tag is another one");
        } else if (!Objects.equals(known.lastModified, seen.lastModified)) {
            throw changed("its time of modification is another one");
        }
    }

    CheckpointException changed(String reason) {
        return new CheckpointException(
                "the file changed while it was read: " + reason,
                ErrorContext.at(url.toString(), -1).withHint("read it again from the start"));
    }
}
