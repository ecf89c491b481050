package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import org.testng.annotations.BeforeMethod;
import org.testng.annotations.Test;

/**
 * The rules of the Reactive Streams TCK as tests of JUnit. Each method that TestNG would run is a dynamic test. A rule that the TCK skips
 * must be on the list of the caller, so that no rule is left out unseen.
 */
final class TckRules {

    /** The TCK waits this long for a signal, which a loaded machine may delay. Only a test that fails waits so long. */
    private static final long SIGNAL_MILLIS = 20_000;

    /** The TCK waits this long for a signal that must not be sent: a longer time finds more, and a shorter one fails no test. */
    private static final long SILENCE_MILLIS = 10;

    /**
     * The rules for which the TCK sleeps and then looks only once. A machine that is too slow for a short sleep gets a longer one. For 3.9
     * that is a mistake of the TCK ("=-" in TestEnvironment.expectError).
     */
    private static final Set<String> LOOKS_ONCE = Set.of(
            "required_spec309_requestZeroMustSignalIllegalArgumentException",
            "required_spec309_requestNegativeNumberMustSignalIllegalArgumentException",
            "optional_spec309_requestNegativeNumberMaySignalIllegalArgumentExceptionWithSpecificMessage",
            "required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber");

    private static final long FIRST_SLEEP_MILLIS = 20;
    private static final long MAX_SLEEP_MILLIS = 20_000;

    private TckRules() {}

    static TestEnvironment environment(long sleepMillis) {
        return new TestEnvironment(SIGNAL_MILLIS, SILENCE_MILLIS, sleepMillis);
    }

    /**
     * Returns a test for each rule of a verification, on an object of its own.
     *
     * @param verification makes the object, for sleeps of some milliseconds
     * @param skipped the names of the rules that are skipped; those that the TCK cannot test are left out already
     */
    static Stream<DynamicTest> of(LongFunction<?> verification, Set<String> skipped) {
        return Arrays.stream(verification.apply(FIRST_SLEEP_MILLIS).getClass().getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .filter(name -> !name.startsWith("untested_"))
                .sorted(Comparator.naturalOrder())
                .map(name -> DynamicTest.dynamicTest(
                        name, () -> verify(verification, FIRST_SLEEP_MILLIS, name, skipped.contains(name))));
    }

    private static void verify(LongFunction<?> verification, long sleepMillis, String rule, boolean skips)
            throws Throwable {
        try {
            assertEquals(skips, skips(verification.apply(sleepMillis), rule), "whether the TCK has skipped it");
        } catch (Throwable failed) {
            if (!LOOKS_ONCE.contains(rule) || sleepMillis >= MAX_SLEEP_MILLIS) {
                throw failed;
            }
            verify(verification, 10 * sleepMillis, rule, skips);
        }
    }

    /** Runs a rule, and returns whether the TCK has skipped it. */
    private static boolean skips(Object verification, String rule) throws Throwable {
        call(verification, BeforeClass.class);
        try {
            call(verification, BeforeMethod.class);
            verification.getClass().getMethod(rule).invoke(verification);
            return false;
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof SkipException) {
                return true;
            }
            throw thrown.getCause();
        } finally {
            call(verification, AfterClass.class);
        }
    }

    private static void call(Object verification, Class<? extends Annotation> marked)
            throws ReflectiveOperationException {
        for (Method method : verification.getClass().getMethods()) {
            if (method.isAnnotationPresent(marked)) {
                method.invoke(verification);
            }
        }
    }
}
