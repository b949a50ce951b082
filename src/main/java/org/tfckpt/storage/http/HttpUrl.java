package org.tfckpt.storage.http;

import java.net.IDN;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL with the scheme http or https. {@link java.net.URI} rejects what servers and users write: spaces and braces in a
 * path or a signature, and host names with an underscore.
 *
 * @param origin the scheme, host and port
 * @param userInfo the encoded user name and password, or null; a secret
 * @param path the encoded path, which begins with a slash and has no parts {@code .} and {@code ..}
 * @param query the encoded query without the question mark, or null; may contain a signature, so it is a secret
 */
record HttpUrl(
        Origin origin,
        @Nullable String userInfo,
        String path,
        @Nullable String query) {
    /** The longest accepted URL. Servers accept less. */
    private static final int MAX_LENGTH = 1 << 16;

    private static final Pattern ABSOLUTE =
            Pattern.compile("(https?)://([^/?#]*)([^#]*)(?:#.*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*", Pattern.DOTALL);
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("([A-Za-z0-9._~\\-]+|\\[[0-9A-Fa-f:.%]+])(?::([0-9]{0,5}))?");
    private static final String UNRESERVED = "-._~";
    private static final String RESERVED = ":/?#[]@!$&'()*+,;=%";

    /** What credentials are bound to. */
    record Origin(String scheme, String host, int port) {
        boolean isHttps() {
            return scheme.equals("https");
        }

        int defaultPort() {
            return isHttps() ? 443 : 80;
        }

        @Override
        public String toString() {
            return scheme + "://" + host + (port == defaultPort() ? "" : ":" + port);
        }
    }

    /**
     * Parses an absolute URL. Characters that a URL must not contain are percent-encoded. The message of an {@link
     * IllegalArgumentException} does not contain the text, which may have secrets.
     */
    static HttpUrl parse(String text) {
        Matcher url = ABSOLUTE.matcher(text.strip());
        if (text.length() > MAX_LENGTH || !url.matches()) {
            throw new IllegalArgumentException("a URL must start with https:// or http://, followed by a host");
        }
        String authority = url.group(2);
        int at = authority.lastIndexOf('@');
        String scheme = url.group(1).toLowerCase(Locale.ROOT);
        Origin origin = origin(scheme, authority.substring(at + 1));
        return of(origin, at < 0 ? null : authority.substring(0, at), url.group(3));
    }

    private static HttpUrl of(Origin origin, @Nullable String userInfo, String pathAndQuery) {
        String[] parts = pathAndQuery.split("\\?", 2);
        return new HttpUrl(
                origin, userInfo, normalized(parts[0]), parts.length == 1 ? null : encoded(parts[1], RESERVED));
    }

    private static Origin origin(String scheme, String authority) {
        int colon = authority.lastIndexOf(':');
        String host = colon < 0 || authority.endsWith("]") ? authority : authority.substring(0, colon);
        String ascii = host.startsWith("[") ? host : IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
        Matcher parts = HOST_AND_PORT.matcher(ascii + authority.substring(host.length()));
        if (!parts.matches()) {
            throw new IllegalArgumentException("the host or port of the URL is invalid");
        }
        String digits = parts.group(2);
        int port = digits == null || digits.isEmpty() ? (scheme.equals("https") ? 443 : 80) : Integer.parseInt(digits);
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("the port of the URL is not between 1 and 65535");
        }
        return new Origin(scheme, parts.group(1).toLowerCase(Locale.ROOT), port);
    }

    /**
     * Resolves the target of a redirect. User names and passwords in it are ignored. Throws {@link
     * IllegalArgumentException} if it is not a URL, or has another scheme.
     */
    HttpUrl resolve(String reference) {
        String target = reference.strip();
        if (target.length() > MAX_LENGTH || SCHEME.matcher(target).matches() || target.startsWith("//")) {
            HttpUrl absolute = parse(target.startsWith("//") ? origin.scheme() + ":" + target : target);
            return new HttpUrl(
                    absolute.origin, absolute.origin.equals(origin) ? userInfo : null, absolute.path, absolute.query);
        }
        String relative = target.split("#", 2)[0];
        boolean samePath = relative.isEmpty() || relative.startsWith("?");
        String start = samePath ? path : relative.startsWith("/") ? "" : directory();
        return of(origin, userInfo, start + relative);
    }

    /** Returns the path up to its last slash. */
    String directory() {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    /**
     * Returns the URL of a file below the directory of this one. Its name is plain text, of parts separated by slashes.
     * Throws {@link IllegalArgumentException} if a part is empty, {@code .} or {@code ..}.
     */
    HttpUrl below(String name, boolean keepsQuery) {
        StringBuilder encoded = new StringBuilder(directory());
        for (String part : name.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new IllegalArgumentException("'" + name + "' does not name a file below '" + location() + "'");
            }
            encoded.append(encoded(part, "")).append('/');
        }
        encoded.setLength(encoded.length() - 1);
        return new HttpUrl(origin, userInfo, encoded.toString(), keepsQuery ? query : null);
    }

    /** Returns the decoded last part of the path; empty if the path ends with a slash. */
    String fileName() {
        return decoded(path.substring(path.lastIndexOf('/') + 1));
    }

    /** Returns the URL of the directory of this one, without secrets. */
    String location() {
        return origin + directory();
    }

    URL toUrl() throws MalformedURLException {
        return new URL(origin + path + (query == null ? "" : "?" + query));
    }

    /** Returns the URL without secrets: without user information and query. */
    @Override
    public String toString() {
        return origin + path;
    }

    /** Removes the parts {@code .} and {@code ..}, also in their encoded form, and encodes what a URL must not contain. */
    private static String normalized(String path) {
        Deque<String> parts = new ArrayDeque<>();
        String[] all = path.split("/", -1);
        for (int i = path.startsWith("/") ? 1 : 0; i < all.length; i++) {
            String plain = all[i].replaceAll("(?i)%2e", ".");
            boolean dots = plain.equals(".") || plain.equals("..");
            if (plain.equals("..")) {
                parts.pollLast();
            }
            if (!dots) {
                parts.add(all[i]);
            } else if (i == all.length - 1) {
                parts.add("");
            }
        }
        return encoded("/" + String.join("/", parts), RESERVED);
    }

    private static String encoded(String text, String reserved) {
        StringBuilder url = new StringBuilder(text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean letterOrDigit = c < 0x80 && Character.isLetterOrDigit(c);
            if (letterOrDigit || UNRESERVED.indexOf(c) >= 0 || reserved.indexOf(c) >= 0) {
                url.append(c);
            } else {
                url.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return url.toString();
    }

    /** Replaces valid percent escapes, and leaves others as they are. */
    static String decoded(String text) {
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++, n++) {
            int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
            out[n] = low < 0 ? in[i] : (byte) ((high << 4) | low);
            i += low < 0 ? 0 : 2;
        }
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }
}
