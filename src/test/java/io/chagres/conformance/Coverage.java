package io.chagres.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The tests of each row id, from the {@link Covers} of the compiled tests. */
final class Coverage {
    private static final Path CLASSES = Path.of("target/test-classes");

    private final Map<String, SortedSet<String>> testsById = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();

    static Coverage ofCompiledTests() {
        Coverage coverage = new Coverage();
        try (Stream<Path> files = Files.walk(CLASSES)) {
            files.filter(file -> file.toString().endsWith(".class")).sorted().forEach(file -> coverage.add(load(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return coverage;
    }

    SortedSet<String> testsOf(Row row) {
        return testsById.getOrDefault(row.id(), Collections.emptySortedSet());
    }

    Map<String, SortedSet<String>> testsById() {
        return testsById;
    }

    /** The uses of {@link Covers} on methods that are no tests. */
    List<String> faults() {
        return faults;
    }

    private void add(Class<?> type) {
        add(type.getAnnotation(Covers.class), name(type));
        for (Method method : type.getDeclaredMethods()) {
            Covers covers = method.getAnnotation(Covers.class);
            String test = name(type) + "." + method.getName();
            if (covers != null && !AnnotationSupport.isAnnotated(method, Testable.class)) {
                faults.add(test + " has @Covers and is no test");
            } else {
                add(covers, test);
            }
        }
    }

    private void add(Covers covers, String test) {
        if (covers != null) {
            for (String id : covers.value()) {
                testsById.computeIfAbsent(id, any -> new TreeSet<>()).add(test);
            }
        }
    }

    private static String name(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }

    private static Class<?> load(Path file) {
        String path = CLASSES.relativize(file).toString();
        String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
        try {
            return Class.forName(name, false, Coverage.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
