package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The public types of the exported packages, for tests of rules for all of them. */
final class PublicApi {

    private PublicApi() {}

    static List<Class<?>> types() {
        List<Class<?>> types = new ClassFileImporter()
                .importPath(Path.of("target/classes")).stream()
                        .filter(type -> type.getPackageName().equals(Floor.BASE)
                                || Stream.of(Floor.values())
                                        .filter(floor -> floor != Floor.SYS && floor != Floor.JFR)
                                        .anyMatch(floor -> type.getPackageName().equals(floor.packageName())))
                        .<Class<?>>map(JavaClass::reflect)
                        .filter(PublicApi::isPublic)
                        .toList();
        assertFalse(types.isEmpty(), "no class was found");
        return types;
    }

    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getDeclaringClass() == null || isPublic(type.getDeclaringClass()));
    }
}
