package org.tfckpt;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    /** From the top of the house to its ground; each room may know those after it. */
    private static final List<String> ROOMS = List.of(
            "org.tfckpt.cli",
            "org.tfckpt.cli.numpy",
            "org.tfckpt.edit",
            "org.tfckpt.restore",
            "org.tfckpt.graph",
            "org.tfckpt.slots",
            "org.tfckpt",
            "org.tfckpt.objects",
            "org.tfckpt.files",
            "org.tfckpt.format.bundle",
            "org.tfckpt.format.v1",
            "org.tfckpt.format",
            "org.tfckpt.format.table",
            "org.tfckpt.io",
            "org.tfckpt.tensor",
            "org.tfckpt.proto");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.tfckpt");

    @Test
    void packageArrowsPointDownOnly() {
        for (int i = 1; i < ROOMS.size(); i++) {
            noClasses()
                    .that()
                    .resideInAPackage(ROOMS.get(i))
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(ROOMS.subList(0, i).toArray(String[]::new))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @Test
    void noTwoFilesImportEachOtherInACircle() {
        slices().assignedFrom(new FileOfClass())
                .should()
                .beFreeOfCycles()
                .check(CLASSES.that(
                        com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage("org.tfckpt.proto"))));
    }

    /** Nested classes belong to the file of the class around them. */
    private static final class FileOfClass implements com.tngtech.archunit.library.dependencies.SliceAssignment {
        @Override
        public com.tngtech.archunit.library.dependencies.SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getName();
            int nested = name.indexOf('$');
            return com.tngtech.archunit.library.dependencies.SliceIdentifier.of(
                    nested < 0 ? name : name.substring(0, nested));
        }

        @Override
        public String getDescription() {
            return "every file";
        }
    }

    @Test
    void noGeneratedTypeIsInAPublicSignature() {
        methods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat()
                .resideInAnyPackage(
                        "org.tfckpt",
                        "org.tfckpt.edit",
                        "org.tfckpt.files",
                        "org.tfckpt.graph",
                        "org.tfckpt.objects",
                        "org.tfckpt.restore",
                        "org.tfckpt.slots",
                        "org.tfckpt.tensor")
                .and()
                .areDeclaredInClassesThat()
                .arePublic()
                .should(new ArchCondition<JavaMethod>("use no type of protobuf or of the rooms inside") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        method.getAllInvolvedRawTypes().stream()
                                .filter(ArchitectureTest::isInside)
                                .forEach(type -> events.add(SimpleConditionEvent.violated(
                                        method, method.getFullName() + " uses " + type.getName())));
                    }
                })
                .check(CLASSES);
    }

    private static boolean isInside(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith("com.google.protobuf")
                || name.startsWith("org.tfckpt.proto")
                || name.startsWith("org.tfckpt.format")
                || name.startsWith("org.tfckpt.io");
    }
}
