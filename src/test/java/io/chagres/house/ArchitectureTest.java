package io.chagres.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.chagres.fixture.HangGuard;
import io.chagres.sys.Descriptors;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The dependencies that are allowed between classes, checked in the compiled classes. */
@ExtendWith(HangGuard.class)
class ArchitectureTest {
    private static final JavaClasses MAIN = new ClassFileImporter().importPath(Path.of("target/classes"));

    @ParameterizedTest
    @EnumSource(value = Floor.class, names = "SERVICE", mode = EnumSource.Mode.EXCLUDE)
    void aFloorDoesNotUseAFloorAboveIt(Floor floor) {
        check(noClasses()
                .that()
                .resideInAPackage(floor.packages())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(floor.packagesAbove()));
    }

    @Test
    void streamAndSocketDoNotUseEachOther() {
        check(noClasses()
                .that()
                .resideInAPackage(Floor.STREAM.packages())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Floor.SOCKET.packages(), Floor.ADDRESS.packages()));
    }

    @Test
    void theExceptionsUseOnlySys() {
        check(noClasses()
                .that()
                .resideInAPackage(Floor.BASE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(Floor.SYS.packagesAbove()));
        check(noClasses()
                .that()
                .resideInAPackage(Floor.SYS.packages())
                .should()
                .dependOnClassesThat()
                .resideInAPackage(Floor.BASE));
    }

    @Test
    void packagesHaveNoCycle() {
        slices().matching("io.chagres.(**)").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void onlySysLinksNativeFunctions() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(Floor.SYS.packages())
                .should()
                .dependOnClassesThat(
                        nameMatching("java\\.lang\\.foreign\\.(Linker|FunctionDescriptor|SymbolLookup)(\\$.*)?"
                                + "|java\\.lang\\.invoke\\.MethodHandle")));
    }

    @Test
    void noPublicSignatureAboveHandleHasNativeMemory() {
        check(classes()
                .that()
                .resideInAnyPackage(Floor.HANDLE.packagesAbove())
                .and()
                .arePublic()
                .should(new OfferNo(nameMatching("java\\.lang\\.foreign\\..*"))));
    }

    @Test
    void onlyOneClassUsesTheSignalsOfTheJvm() {
        Set<JavaClass> users = MAIN.stream()
                .filter(type -> type.getDirectDependenciesFromSelf().stream()
                        .anyMatch(dependency -> resideInAPackage("sun.misc..").test(dependency.getTargetClass())))
                .map(ArchitectureTest::outermost)
                .collect(toSet());
        assertTrue(users.size() <= 1, () -> "sun.misc is used by " + users);
    }

    @Test
    void noClassUsesTheSocketsOfTheJdk() {
        check(noClasses()
                .that()
                .areNotAssignableTo(X509ExtendedKeyManager.class) // its methods take sockets, too
                .and()
                .areNotAssignableTo(X509ExtendedTrustManager.class)
                .should()
                .dependOnClassesThat(
                        nameMatching("java\\.nio\\.channels\\..*|java\\.net\\.(Server|Datagram|Multicast)?Socket")));
    }

    @Test
    void noClassIsNamedManagerHelperUtilOrImpl() {
        check(noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl)"));
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }

    /** So no call that opens a file needs a row in the table of faults. */
    @Test
    void noClassAboveSysOpensFiles() {
        noClasses()
                .that()
                .resideOutsideOfPackage(Descriptors.class.getPackageName())
                .should()
                .callMethod(Descriptors.class, "open", MemorySegment.class, int.class, int.class)
                .check(MAIN);
    }
}
