package org.tfckpt;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.PublicApi;

class ArchitectureTest {
    /** The first column of the table of packages in ARCHITECTURE.md, where each package may depend on those below it. */
    private static final List<String> PACKAGES = packages();

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.tfckpt");

    private static List<String> packages() {
        try {
            String page = Files.readString(Corpus.root().resolveSibling("ARCHITECTURE.md"));
            return Pattern.compile("(?m)^\\| `(org\\.tfckpt[a-z0-9.]*)` \\|")
                    .matcher(page)
                    .results()
                    .map((MatchResult row) -> row.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyPackageIsInTheTable() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrderElementsOf(PACKAGES);
    }

    @Test
    void packagesDependOnlyOnThoseBelowThem() {
        for (int i = 1; i < PACKAGES.size(); i++) {
            noClasses()
                    .that()
                    .resideInAPackage(PACKAGES.get(i))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(PACKAGES.subList(0, i).toArray(String[]::new))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @Test
    void noTwoFilesImportEachOtherInACircle() {
        slices().assignedFrom(new FileOfClass())
                .should()
                .beFreeOfCycles()
                .check(CLASSES.that(not(resideInAPackage("org.tfckpt.proto"))));
    }

    /** Assigns nested classes to the file of their outermost class. */
    private static final class FileOfClass implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getName();
            int nested = name.indexOf('$');
            return SliceIdentifier.of(nested < 0 ? name : name.substring(0, nested));
        }

        @Override
        public String getDescription() {
            return "files";
        }
    }

    @Test
    void noGeneratedTypeIsInAPublicSignature() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(PublicApi.packages().toArray(String[]::new))
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should(new ArchCondition<JavaMethod>("use no type of protobuf or of an internal package") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        method.getAllInvolvedRawTypes().stream()
                                .filter(ArchitectureTest::isInternal)
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " uses " + type.getName())));
                    }
                })
                .check(CLASSES);
    }

    private static boolean isInternal(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith("com.google.protobuf")
                || name.startsWith("org.tfckpt.proto")
                || name.startsWith("org.tfckpt.format")
                || name.startsWith("org.tfckpt.io")
                || name.startsWith("org.tfckpt.scan")
                || name.startsWith("org.tfckpt.restore.suggest");
    }
}
