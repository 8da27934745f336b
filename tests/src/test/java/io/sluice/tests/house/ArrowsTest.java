// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.house;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/**
 * The arrows between the rooms of the house, as drawn in the README: who may see whom, and who may call what.
 *
 * <pre>
 *   io.sluice.shared  ◀──  io.sluice.host           host and guest do not see each other
 *         ▲
 *         └──────────────  io.sluice.guest
 * </pre>
 */
@AnalyzeClasses(packages = "io.sluice", importOptions = DoNotIncludeTests.class)
class ArrowsTest {
    @ArchTest
    static final ArchRule shouldKeepSharedRingToTheJdkAndItself = classes()
            .that()
            .resideInAPackage("io.sluice.shared..")
            .and()
            .resideOutsideOfPackage("io.sluice.shared.posix..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "io.sluice.shared..");

    @ArchTest
    static final ArchRule shouldKeepNativeCallsToTheJdkAndJnr = classes()
            .that()
            .resideInAPackage("io.sluice.shared.posix..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "jnr..", "io.sluice.shared..");

    @ArchTest
    static final ArchRule shouldHideGuestsFromTheHost = noClasses()
            .that()
            .resideInAPackage("io.sluice.host..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.sluice.guest..");

    @ArchTest
    static final ArchRule shouldHideTheHostFromGuests = noClasses()
            .that()
            .resideInAPackage("io.sluice.guest..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.sluice.host..");

    @ArchTest
    static final ArchRule shouldCallNativeCodeInOnePackage = noClasses()
            .that()
            .resideOutsideOfPackage("io.sluice.shared.posix..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Linker.class)
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("jnr..", "com.kenai.jffi..");

    @ArchTest
    static final ArchRule shouldTurnAddressesIntoMemoryInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackages("io.sluice.shared.posix..", "io.sluice.shared.memory..")
            .should()
            .callMethodWhere(target(name("reinterpret")).and(target(owner(name(MemorySegment.class.getName())))));

    @ArchTest
    static final ArchRule shouldParseCommandLinesInCommandsOnly = noClasses()
            .that()
            .resideOutsideOfPackages("io.sluice.*.cli..", "io.sluice.*.demo..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule shouldKeepGuestsFreeOfLibraries = noClasses()
            .that()
            .resideInAnyPackage("io.sluice.guest.port..", "io.sluice.guest.vnf..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("java..", "io.sluice..");
}
