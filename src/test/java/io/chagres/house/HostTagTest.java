package io.chagres.house;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.HasDescription;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import io.chagres.fixture.HangGuard;
import java.lang.annotation.Annotation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * A test of a lower floor that starts another process carries the tag "host", so that `make check-platforms` leaves it out: the roots
 * of that target have no other program, and qemu-user cannot start a second JVM.
 */
@ExtendWith(HangGuard.class)
class HostTagTest {

    private static final List<Class<? extends Annotation>> CALLED_BY_JUNIT = List.of(
            Test.class,
            ParameterizedTest.class,
            RepeatedTest.class,
            TestFactory.class,
            BeforeAll.class,
            BeforeEach.class,
            AfterEach.class);

    private static final Set<String> FLOORS = Set.of("sys", "loop", "handle", "address", "socket", "stream", "net");

    @Test
    void aTestThatStartsAProcessCarriesTheTagHost() {
        Set<JavaCodeUnit> starters = starters();
        Set<String> untagged = starters.stream()
                .filter(unit -> FLOORS.contains(unit.getOwner().getPackageName().split("\\.")[2]))
                .filter(HostTagTest::isCalledByJUnit)
                .filter(unit -> !isTagged(unit))
                .map(HasDescription::getDescription)
                .collect(toCollection(TreeSet::new));
        assertEquals(Set.of(), untagged);
    }

    /** Returns the methods of all tests that start a process, directly or through another method. */
    private static Set<JavaCodeUnit> starters() {
        Set<JavaCodeUnit> starters = new HashSet<>();
        boolean more = true;
        while (more) {
            more = starters.addAll(TestClasses.ALL.stream()
                    .flatMap(type -> type.getCodeUnits().stream())
                    .filter(unit -> accesses(unit).anyMatch(access -> starts(access, starters)))
                    .toList());
        }
        return starters;
    }

    private static Stream<JavaCodeUnitAccess<?>> accesses(JavaCodeUnit unit) {
        return Stream.concat(unit.getCallsFromSelf().stream(), unit.getMethodReferencesFromSelf().stream());
    }

    private static boolean starts(JavaCodeUnitAccess<?> access, Set<JavaCodeUnit> starters) {
        return access.getTarget().getFullName().equals(ProcessBuilder.class.getName() + ".start()")
                || access.getTarget().resolveMember().filter(starters::contains).isPresent();
    }

    private static boolean isCalledByJUnit(JavaCodeUnit unit) {
        return unit.isConstructor() && unit.getOwner().getSimpleName().endsWith("Test")
                || CALLED_BY_JUNIT.stream().anyMatch(unit::isAnnotatedWith);
    }

    private static boolean isTagged(JavaCodeUnit unit) {
        JavaClass owner = unit.getOwner();
        return owner.isAnnotatedWith(Tag.class) || unit.isAnnotatedWith(Tag.class);
    }
}
