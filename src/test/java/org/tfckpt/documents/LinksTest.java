package org.tfckpt.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Links in Markdown files lead somewhere on a source host. Those of the site are checked when it is built. */
class LinksTest {
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(Documents.ROOT);
                Stream<Path> sources = Files.walk(Documents.ROOT.resolve("src"));
                Stream<Path> benchmarks = Files.list(Documents.ROOT.resolve("benchmarks"))) {
            return Stream.of(top, sources, benchmarks)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .map(Documents.ROOT::relativize)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void leadSomewhere(Path document) throws IOException {
        Path page = Documents.ROOT.resolve(document);
        SoftAssertions links = new SoftAssertions();
        for (var link : LINK.matcher(text(page)).results().toList()) {
            Path target = link.group(1).isEmpty()
                    ? page
                    : page.resolveSibling(link.group(1)).normalize();
            links.assertThat(target).as(link.group()).exists();
            if (link.group(2) != null && Files.exists(target)) {
                links.assertThat(anchors(target)).as(link.group()).contains(link.group(2));
            }
        }
        links.assertAll();
    }

    @Test
    void menuOfTheSiteListsEveryGuide() throws IOException {
        String menu = Files.readString(Documents.ROOT.resolve("src/site/site.xml"));
        assertThat(Documents.guides())
                .extracting(guide -> guide.getFileName().toString().replace(".md", ".html"))
                .allMatch(page -> menu.contains("href=\"" + page + "\""));
    }

    private static String text(Path page) throws IOException {
        return CODE.matcher(Files.readString(page)).replaceAll("");
    }

    private static Set<String> anchors(Path page) throws IOException {
        return HEADING.matcher(text(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
