package io.chagres.sys;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.ForkedJvm.Outcome;
import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The file that tells GraalVM's native-image what it cannot see, held against what is there. */
@ExtendWith(HangGuard.class)
class NativeImageMetadataTest {
    private static final Path FILE =
            Path.of("src/main/resources/META-INF/native-image/io.chagres/chagres/reachability-metadata.json");
    private static final Pattern SHAPE = Pattern.compile("(\\{ \"returnType\".* \\} \\}),?");
    private static final Pattern TYPE = Pattern.compile("\"type\": \"([^\"]+)\"");
    private static final Pattern METHOD =
            Pattern.compile("\\{ \"name\": \"(\\w+)\", \"parameterTypes\": \\[\"(.*)\"] }");
    private static final Pattern GLOB = Pattern.compile("\"glob\": \"([^\"]+)\"");

    @Test
    @Tag("host")
    void theForeignCallsAreThoseThatAreLinked() throws IOException, InterruptedException {
        assumeTrue(Libc.CRITICAL, "a JDK before 24 links no critical call");
        List<String> command = new ArrayList<>(ForkedJvm.command(LinkedShapes.class, LinkedShapes.OPTIONS));
        command.add(Path.of(URI.create(Libc.class.getResource("Libc.class").toString()))
                .getParent()
                .toString());
        Outcome linked = ForkedJvm.run(command);
        assertEquals(0, linked.status(), linked.output());
        assertEquals(
                String.join("\n", linked.output().lines().collect(toCollection(TreeSet::new))),
                String.join("\n", groups(SHAPE, 1).stream().collect(toCollection(TreeSet::new))));
    }

    @Test
    void theTypesAndMethodsThatAreFoundByNameExist() throws IOException, ClassNotFoundException {
        String type = null;
        Set<String> missing = new TreeSet<>();
        for (String line : Files.readAllLines(FILE)) {
            type = TYPE.matcher(line).find() ? groups(TYPE, line, 1).getFirst() : type;
            for (MatchResult method : METHOD.matcher(line).results().toList()) {
                String parameters = method.group(2).replace("\", \"", ",");
                if (signatures(type).noneMatch((method.group(1) + "(" + parameters + ")")::equals)) {
                    missing.add(type + "." + method.group(1) + "(" + parameters + ")");
                }
            }
        }
        for (String name : groups(TYPE, 1)) {
            Class.forName(name, false, getClass().getClassLoader());
        }
        assertEquals(Set.of(), missing);
        assertFalse(groups(METHOD, 1).isEmpty(), "no method was found");
    }

    @Test
    void theResourcesAreThoseOfTheJar() throws IOException {
        List<String> globs = groups(GLOB, 1);
        Path resources = Path.of("src/main/resources");
        try (Stream<Path> files = Files.walk(resources)) {
            assertEquals(
                    List.of(),
                    files.filter(Files::isRegularFile)
                            .map(file -> resources.relativize(file).toString())
                            .filter(file -> !file.startsWith("META-INF/"))
                            .filter(file -> globs.stream()
                                    .noneMatch(glob -> file.matches(
                                            glob.replace(".", "\\.").replace("*", "[^/]*"))))
                            .toList());
        }
    }

    private static Stream<String> signatures(String type) throws ClassNotFoundException {
        return Stream.of(Class.forName(type, false, NativeImageMetadataTest.class.getClassLoader())
                        .getDeclaredMethods())
                .map(NativeImageMetadataTest::signature);
    }

    private static String signature(Method method) {
        List<String> types = Arrays.stream(method.getParameterTypes())
                .map(Class::getTypeName)
                .toList();
        return method.getName() + "(" + String.join(",", types) + ")";
    }

    private static List<String> groups(Pattern pattern, int group) throws IOException {
        return groups(pattern, Files.readString(FILE), group);
    }

    private static List<String> groups(Pattern pattern, String text, int group) {
        return pattern.matcher(text).results().map(found -> found.group(group)).toList();
    }
}
