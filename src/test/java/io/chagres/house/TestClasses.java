package io.chagres.house;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;

/** The classes of the tests, as ArchUnit sees them. */
final class TestClasses {

    /** Without the classes that they refer to, since reading those takes long. */
    static final JavaClasses ALL = ArchConfiguration.withThreadLocalScope(configuration -> {
        configuration.setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().importPath(Path.of("target/test-classes"));
    });

    private TestClasses() {}
}
