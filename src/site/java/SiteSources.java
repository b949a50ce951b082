import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Puts together the sources of the site: the README as its first page, the guides, and every other Markdown file that they
 * refer to. On a source host the links lead from file to file; here they lead from page to page, and those to files that are
 * no pages lead to the source host.
 *
 * <p>Run in the directory of the project: {@code java SiteSources.java TARGET SOURCE-URL}
 */
final class SiteSources {
    private static final Path GUIDES = Path.of("src/site/markdown");
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path RESOURCES = Path.of("src/site/resources");
    /** A block of code, the target of a link to a file, or a heading. */
    private static final Pattern PART = Pattern.compile("(?ms)^```.*?^```$"
            + "|(?<=\\]\\()(?!https?:)(?<file>[^)#\\s]*)(?<anchor>#[^)\\s]*)?(?=\\))"
            + "|^(?<level>##+) (?<title>[^\n]*)$");

    private final Path target;
    private final String sourceUrl;
    private final Map<Path, String> pages = new HashMap<>();
    private final Deque<Path> unwritten = new ArrayDeque<>();

    private SiteSources(Path target, String sourceUrl) {
        this.target = target;
        this.sourceUrl = sourceUrl;
    }

    public static void main(String[] args) throws IOException {
        new SiteSources(Path.of(args[0]), args[1]).write();
    }

    private void write() throws IOException {
        for (String directory : new String[] {"java", "markdown", "resources"}) {
            delete(target.resolve(directory));
        }
        copy(Path.of("src/site/site.xml"), target.resolve("site.xml"));
        copyAll(RESOURCES, target.resolve("resources"));
        copyAll(SOURCES, target.resolve("java"));
        // Without it Javadoc reads packages, and needs no compiled module.
        Files.delete(target.resolve("java/module-info.java"));
        pages.put(Path.of("README.md"), "index");
        unwritten.add(Path.of("README.md"));
        filesBelow(GUIDES).forEach(this::page);
        while (!unwritten.isEmpty()) {
            Path source = unwritten.remove();
            Path page = target.resolve("markdown").resolve(pages.get(source) + ".md");
            Files.createDirectories(page.getParent());
            Files.writeString(page, linked(source));
        }
    }

    private String linked(Path source) throws IOException {
        StringBuilder text = new StringBuilder();
        Matcher found = PART.matcher(Files.readString(source));
        while (found.find()) {
            String part = found.group();
            if (found.group("file") != null) {
                part = link(source, found.group("file"), Objects.requireNonNullElse(found.group("anchor"), ""));
            } else if (found.group("title") != null) {
                String title = found.group("title");
                part = found.group("level") + " <a id=\"" + anchor(title) + "\"></a>" + title;
            }
            found.appendReplacement(text, Matcher.quoteReplacement(part));
        }
        return found.appendTail(text).toString();
    }

    /** Returns the anchor that source hosts give to a heading. */
    private static String anchor(String title) {
        return title.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private String link(Path source, String path, String anchor) throws IOException {
        if (path.isEmpty()) {
            return anchor;
        }
        Path file = source.resolveSibling(path).normalize();
        if (!Files.exists(file)) {
            throw new IOException("'" + source + "' links to '" + path + "', which does not exist");
        }
        if (file.toString().endsWith(".md")) {
            return page(file) + ".html" + anchor;
        }
        return file.startsWith(RESOURCES)
                ? RESOURCES.relativize(file).toString()
                : sourceUrl + "/" + (Files.isDirectory(file) ? "tree" : "blob") + "/main/" + file + anchor;
    }

    /** Returns the name of the page of a file, such as {@code benchmarks-results} for {@code benchmarks/RESULTS.md}. */
    private String page(Path file) {
        return pages.computeIfAbsent(file, source -> {
            unwritten.add(source);
            Path named = source.startsWith(GUIDES)
                    ? GUIDES.relativize(source)
                    : source.endsWith("README.md") ? source.getParent() : source;
            return named.toString()
                    .toLowerCase(Locale.ROOT)
                    .replaceFirst("\\.md$", "")
                    .replaceFirst("^src/", "")
                    .replace('/', '-')
                    .replace('_', '-');
        });
    }

    private static Iterable<Path> filesBelow(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void copyAll(Path directory, Path copy) throws IOException {
        for (Path file : filesBelow(directory)) {
            copy(file, copy.resolve(directory.relativize(file)));
        }
    }

    private static void copy(Path source, Path copy) throws IOException {
        Files.createDirectories(copy.getParent());
        Files.write(copy, Files.readAllBytes(source));
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            for (Path file : filesBelow(directory)) {
                Files.delete(file);
            }
        }
    }
}
