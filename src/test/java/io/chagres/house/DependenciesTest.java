package io.chagres.house;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The library is one jar: its users need nothing else, neither to run a program nor to compile it. */
@ExtendWith(HangGuard.class)
class DependenciesTest {
    private static final ModuleFinder LIBRARY = ModuleFinder.of(Path.of("target/classes"));
    /** Annotations that only compilers read. */
    /** Modules of the JDK that may be missing at run time. */
    private static final Set<String> FOR_OBSERVERS = Set.of("jdk.jfr", "java.management");

    private static final Set<String> ANNOTATIONS = Set.of("org.jspecify", "com.google.errorprone.annotations");

    @TempDir
    Path folder;

    @Test
    void theModuleRunsWithoutAnotherModuleThanTheJdks() {
        Configuration resolved =
                ModuleLayer.empty().configuration().resolve(LIBRARY, ModuleFinder.ofSystem(), Set.of("io.chagres"));
        assertEquals(
                Set.of("io.chagres", "java.base", "jdk.unsupported"),
                resolved.modules().stream().map(ResolvedModule::name).collect(toSet()));
    }

    @Test
    void onlyAnnotationsAndModulesForObserversAreRequiredStatically() {
        Set<String> optional = LIBRARY.find("io.chagres").orElseThrow().descriptor().requires().stream()
                .filter(required -> required.modifiers().contains(Requires.Modifier.STATIC))
                .map(Requires::name)
                .filter(name -> !FOR_OBSERVERS.contains(name))
                .collect(toSet());
        assertEquals(ANNOTATIONS, optional);
    }

    @Test
    void thePublishedPomPassesNoDependencyOn() throws IOException {
        List<String> dependencies = dependencies();
        assertFalse(dependencies.isEmpty(), "no dependency was found");
        Pattern ownScope = Pattern.compile("<scope>(provided|test)</scope>");
        assertEquals(
                List.of(),
                dependencies.stream()
                        .filter(dependency -> !ownScope.matcher(dependency).find())
                        .toList());
    }

    /** A class file names the annotations. A compiler that does not find them must not complain. */
    @Test
    void aProgramCompilesWithoutTheAnnotations() throws IOException {
        Path program = Files.writeString(folder.resolve("Program.java"), """
                package user;

                class Program {
                    String peer(io.chagres.SystemException error) {
                        return error.address();
                    }

                    io.chagres.address.LookupOptions options() {
                        return io.chagres.address.LookupOptions.defaults().service("http");
                    }
                }
                """);
        Path module = Files.writeString(folder.resolve("module-info.java"), "module user { requires io.chagres; }");
        Javac.assertCompilesSilently("-cp", folder.resolve("out"), program);
        Javac.assertCompilesSilently("-p", folder.resolve("module"), module, program);
    }

    /** Returns the dependencies of the library itself. Those of a profile are for the project only. */
    private static List<String> dependencies() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        String ofAllBuilds = pom.substring(0, pom.indexOf("<build>"));
        return Pattern.compile("<dependency>.*?</dependency>", Pattern.DOTALL)
                .matcher(ofAllBuilds)
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
