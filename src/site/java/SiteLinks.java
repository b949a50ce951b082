import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks the links of a site without a network: files and anchors exist, and no page loads anything from elsewhere.
 *
 * <p>Run as {@code java SiteLinks.java SITE}
 */
final class SiteLinks {
    private static final Pattern SCRIPT = Pattern.compile("(?s)<script[^>]*>.*?</script>|<!--.*?-->");
    private static final Pattern ANCHOR = Pattern.compile("<[^>]*\\s(?:id|name)=\"([^\"]*)\"");
    private static final Pattern LINK = Pattern.compile("<([a-z]+)\\s(?:[^>]*\\s)?(?:href|src)=\"([^\"]*)\"");
    private static final Pattern ABSOLUTE = Pattern.compile("[a-z]+:.*|//.*");

    private final Map<Path, Set<String>> anchors = new HashMap<>();
    private final Set<String> broken = new TreeSet<>();

    private SiteLinks() {}

    public static void main(String[] args) throws IOException {
        SiteLinks links = new SiteLinks();
        Path site = Path.of(args[0]);
        int count = 0;
        for (Path page : pages(site)) {
            count += links.check(site, page);
        }
        links.broken.forEach(System.err::println);
        System.out.println(count + " links checked, " + links.broken.size() + " broken");
        System.exit(links.broken.isEmpty() && count > 0 ? 0 : 1);
    }

    private static List<Path> pages(Path site) throws IOException {
        try (Stream<Path> files = Files.walk(site)) {
            return files.filter(file -> file.toString().endsWith(".html"))
                    // Javadoc of JDK 17 links there to an anchor that it does not write.
                    .filter(file -> !file.endsWith("apidocs/constant-values.html"))
                    .toList();
        }
    }

    private int check(Path site, Path page) throws IOException {
        Matcher link = LINK.matcher(SCRIPT.matcher(Files.readString(page)).replaceAll(SiteLinks::withoutScript));
        int count = 0;
        for (; link.find(); count++) {
            String problem = problem(page, link.group(1), link.group(2).replace("&amp;", "&"));
            if (!problem.isEmpty()) {
                broken.add(site.relativize(page) + ": '" + link.group(2) + "' " + problem);
            }
        }
        return count;
    }

    /** Returns the start tag of a script, or nothing for a comment. */
    private static String withoutScript(MatchResult part) {
        String text = part.group();
        return text.startsWith("<!--") ? "" : Matcher.quoteReplacement(text.substring(0, text.indexOf('>') + 1));
    }

    private String problem(Path page, String element, String link) throws IOException {
        if (ABSOLUTE.matcher(link).matches()) {
            return element.equals("a") ? "" : "is loaded from elsewhere";
        }
        String[] parts = link.split("#", 2);
        Path target = page;
        if (!parts[0].isEmpty()) {
            target = page.resolveSibling(decoded(parts[0].replaceFirst("\\?.*", "")))
                    .normalize();
            target = Files.isDirectory(target) ? target.resolve("index.html") : target;
        }
        if (!Files.exists(target)) {
            return "does not exist";
        }
        return parts.length == 1 || parts[1].isEmpty() || anchors(target).contains(decoded(parts[1]))
                ? ""
                : "has no such anchor";
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private Set<String> anchors(Path page) throws IOException {
        Set<String> known = anchors.get(page);
        if (known == null) {
            known = new HashSet<>();
            Matcher anchor = ANCHOR.matcher(Files.readString(page));
            while (anchor.find()) {
                known.add(anchor.group(1).replace("&lt;", "<").replace("&gt;", ">"));
            }
            anchors.put(page, known);
        }
        return known;
    }
}
