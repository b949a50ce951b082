package org.tfckpt.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;
import org.tfckpt.testing.PublicApi;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * A release has what Maven Central demands, and is equal to the build that runs this test although it was built elsewhere.
 * Runs with {@code -Prelease -Dgpg.skip}.
 */
@EnabledIfSystemProperty(named = "tfckpt.maven", matches = ".+")
class ReleaseIT {
    private static final String VERSION = System.getProperty("tfckpt.version");
    /** The artifacts, and the files of the build that are equal to them. */
    private static final Map<String, String> ARTIFACTS = Map.of(
            ".pom", ".flattened-pom.xml",
            ".jar", "tfckpt-" + VERSION + ".jar",
            "-sources.jar", "tfckpt-" + VERSION + "-sources.jar",
            "-javadoc.jar", "tfckpt-" + VERSION + "-javadoc.jar",
            "-tool.jar", "tfckpt.jar",
            "-bin.tar.gz", "tfckpt-" + VERSION + "-bin.tar.gz",
            "-bin.zip", "tfckpt-" + VERSION + "-bin.zip",
            "-cyclonedx.json", "bom.json",
            "-cyclonedx.xml", "bom.xml");

    @TempDir
    private static Path directory;

    private static ReleaseBuild release;
    private static Path staging = Path.of("");

    @BeforeAll
    static void build() throws Exception {
        release = new ReleaseBuild(directory);
        staging = release.build(VERSION);
    }

    @AfterAll
    static void close() throws Exception {
        release.close();
    }

    private static Path artifact(String suffix) {
        return staging.resolve("tfckpt-" + VERSION + suffix);
    }

    @Test
    void everyArtifactHasChecksumsAndAValidSignature() throws Exception {
        Set<String> expected = new TreeSet<>();
        for (String suffix : ARTIFACTS.keySet()) {
            Path file = artifact(suffix);
            for (String further : List.of("", ".asc", ".md5", ".sha1")) {
                expected.add(file.getFileName() + further);
            }
            byte[] bytes = Files.readAllBytes(file);
            assertThat(Path.of(file + ".md5")).hasContent(hash("MD5", bytes));
            assertThat(Path.of(file + ".sha1")).hasContent(hash("SHA-1", bytes));
            release.gpg("--verify", file + ".asc", file.toString());
        }
        try (Stream<Path> files = Files.list(staging)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static String hash(String algorithm, byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    }

    @Test
    void anotherDirectoryLocaleTimeZoneAndUmaskMakeTheSameBytes() throws Exception {
        Path target = Path.of(System.getProperty("tfckpt.jar")).getParent();
        List<String> different = new ArrayList<>();
        for (Map.Entry<String, String> artifact : ARTIFACTS.entrySet()) {
            Path here = target.resolve(artifact.getValue());
            if (Files.mismatch(artifact(artifact.getKey()), here) >= 0) {
                different.add(artifact.getKey());
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void thePomHasWhatMavenCentralDemandsAndNothingOfTheBuild() throws Exception {
        Document pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(artifact(".pom").toFile());
        XPath path = XPathFactory.newInstance().newXPath();
        for (String element : List.of(
                "name",
                "description",
                "url",
                "licenses/license/name",
                "licenses/license/url",
                "developers/developer/name",
                "developers/developer/organization",
                "developers/developer/organizationUrl",
                "scm/url",
                "scm/connection",
                "scm/developerConnection")) {
            assertThat(path.evaluate("/project/" + element, pom)).as(element).isNotBlank();
        }
        assertThat(VERSION).doesNotContain("SNAPSHOT");
        assertThat(path.evaluate("concat(/project/groupId, ':', /project/artifactId, ':', /project/version)", pom))
                .isEqualTo("org.tfckpt:tfckpt:" + VERSION);
        assertThat(Files.readString(artifact(".pom"))).doesNotContain("SNAPSHOT", "${");
        assertThat(path.evaluate(
                        "count(/project/*[self::parent or self::build or self::profiles or self::properties"
                                + " or self::repositories or self::pluginRepositories or self::dependencyManagement])",
                        pom))
                .isEqualTo("0");
        NodeList dependencies = (NodeList) path.evaluate("/project/dependencies/*", pom, XPathConstants.NODESET);
        List<String> found = new ArrayList<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            found.add(path.evaluate("concat(artifactId, ' ', scope, ' ', optional)", dependencies.item(i)));
        }
        assertThat(found)
                .containsExactlyInAnyOrder(
                        "protobuf-java compile ",
                        "jackson-core compile true",
                        "commons-io compile true",
                        "picocli compile true",
                        "jspecify provided ");
    }

    private static Set<String> entries(String suffix) throws IOException {
        try (JarFile jar = new JarFile(artifact(suffix).toFile())) {
            return jar.stream().map(ZipEntry::getName).collect(Collectors.toSet());
        }
    }

    @Test
    void theJarsHaveEveryPackageAndNothingForeign() throws Exception {
        Set<String> classes = entries(".jar");
        assertThat(classes).contains("META-INF/LICENSE", "META-INF/MANIFEST.MF", "module-info.class");
        assertThat(classes.stream().filter(name -> name.endsWith(".class") && !name.startsWith("org/tfckpt/")))
                .containsExactly("module-info.class");
        Set<String> documents = entries("-javadoc.jar");
        assertThat(documents).contains("index.html");
        for (String exported : PublicApi.packages()) {
            String name = exported.replace('.', '/');
            assertThat(documents).as(exported).anyMatch(entry -> entry.endsWith(name + "/package-summary.html"));
        }
        assertThat(documents).noneMatch(entry -> entry.contains("org/tfckpt/cli/"));
        Set<String> sources = entries("-sources.jar");
        assertThat(classes.stream()
                        .filter(name -> name.endsWith(".class") && !name.contains("$"))
                        .filter(name -> !name.endsWith("package-info.class"))
                        .map(name -> name.replace(".class", ".java")))
                .allSatisfy(name -> assertThat(sources).contains(name));
    }

    @Test
    void theJarIsAModule() {
        ModuleDescriptor module = ModuleFinder.of(artifact(".jar"))
                .find("org.tfckpt")
                .orElseThrow()
                .descriptor();
        assertThat(module.rawVersion()).hasValue(VERSION);
        assertThat(module.exports().stream().map(ModuleDescriptor.Exports::source))
                .containsExactlyInAnyOrderElementsOf(PublicApi.packages());
        assertThat(module.requires().stream()
                        .filter(required -> !required.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                        .map(ModuleDescriptor.Requires::name))
                .containsExactlyInAnyOrder("java.base", "java.logging", "com.google.protobuf");
    }

    @Test
    void aModuleNeedsOnlyProtobuf() throws Exception {
        Path sources = Files.createDirectories(directory.resolve("user"));
        Files.writeString(sources.resolve("module-info.java"), "module user { requires org.tfckpt; }");
        Files.writeString(sources.resolve("Main.java"), """
                package user;
                public class Main {
                    public static void main(String[] args) throws Exception {
                        try (var checkpoint = org.tfckpt.Checkpoint.open(java.nio.file.Path.of(args[0]))) {
                            System.out.print(checkpoint.tensors().count());
                        }
                    }
                }
                """);
        String protobuf = Path.of(com.google.protobuf.ByteString.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        String path = artifact(".jar") + ":" + protobuf;
        Path classes = directory.resolve("classes");
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-Xlint:all",
                        "-Werror",
                        "-p",
                        path,
                        "-d",
                        classes.toString(),
                        sources.resolve("module-info.java").toString(),
                        sources.resolve("Main.java").toString());
        assertThat(code).isZero();
        Process process = new ProcessBuilder(
                        ReleaseBuild.java(),
                        "-p",
                        path + ":" + classes,
                        "-m",
                        "user/user.Main",
                        Corpus.root().resolve("story/log").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("92");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void jbangRunsTheToolFromItsCoordinates() throws Exception {
        String story = Corpus.root().resolve("story/log").toAbsolutePath().toString();
        assertThat(release.jbang("org.tfckpt:tfckpt:" + VERSION + ":tool", "ls", story))
                .contains("input/init_conv/DW (DT_FLOAT) [3,3,3,16]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"protobuf-java", "jackson-core", "commons-io", "picocli"})
    void theBillOfMaterialsNamesDependencies(String name) throws Exception {
        Map<String, Object> bom = Json.object(Json.parse(Files.readString(artifact("-cyclonedx.json"))));
        assertThat(bom).containsEntry("bomFormat", "CycloneDX");
        List<Map<String, Object>> components = Json.list(bom.get("components"));
        Map<String, Object> component = components.stream()
                .filter(candidate -> candidate.get("name").equals(name))
                .findAny()
                .orElseThrow();
        assertThat((String) component.get("purl")).startsWith("pkg:maven/").contains("/" + name + "@");
        assertThat(component).containsKeys("hashes", "licenses");
        assertThat(components).noneMatch(candidate -> candidate.get("name").equals("assertj-core"));
    }
}
