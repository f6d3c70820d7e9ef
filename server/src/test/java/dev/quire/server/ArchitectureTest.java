package dev.quire.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the house: server → core → api ← backends, conformance → api. */
@AnalyzeClasses(packages = "dev.quire", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule theApiDependsOnNothing = noClasses()
            .that()
            .resideInAPackage("dev.quire.api..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("dev.quire.api..", "java..");

    @ArchTest
    static final ArchRule nothingCompilesAgainstABackend = noClasses()
            .that()
            .resideOutsideOfPackage("dev.quire.backends..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.quire.backends..");

    @ArchTest
    static final ArchRule backendsNeverSeeTheEngine = noClasses()
            .that()
            .resideInAPackage("dev.quire.backends..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.quire.core..", "dev.quire.server..", "dev.quire.conformance..");

    @ArchTest
    static final ArchRule theConformanceKitDependsOnTheApiAlone = noClasses()
            .that()
            .resideInAPackage("dev.quire.conformance..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.quire.core..", "dev.quire.server..", "dev.quire.backends..");

    @ArchTest
    static final ArchRule coreNeverSeesTheServer = noClasses()
            .that()
            .resideInAPackage("dev.quire.core..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.quire.server..", "io.vertx..");

    @ArchTest
    static final ArchRule theCacheSeesNothingButIdsAndTokens = classes()
            .that()
            .resideInAPackage("dev.quire.core.cache..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.quire.core.cache..", "java..");

    @ArchTest
    static final ArchRule theSchedulerNeverSeesTensors = noClasses()
            .that()
            .resideInAPackage("dev.quire.core.scheduler..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.quire.api..");

    @ArchTest
    static final ArchRule onlyMainReadsTheEnvironment = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.quire.server.Main")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule packagesOfCoreFormNoCycle =
            slices().matching("dev.quire.core.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheServerFormNoCycle =
            slices().matching("dev.quire.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheApiFormNoCycle =
            slices().matching("dev.quire.api.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheCpuBackendFormNoCycle =
            slices().matching("dev.quire.backends.cpu.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheConformanceKitFormNoCycle =
            slices().matching("dev.quire.conformance.(*)..").should().beFreeOfCycles();
}
