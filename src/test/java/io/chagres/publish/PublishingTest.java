package io.chagres.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Version numbers and checksums that stand in several places. */
@ExtendWith(HangGuard.class)
class PublishingTest {
    private static final Pattern VERSION = Pattern.compile("(?m)^  <version>(.*)</version>");
    private static final Pattern SINCE = Pattern.compile("(?m)^ \\* @since (.*)$");

    @Test
    void theReadmeNamesTheVersionOfThePom() throws IOException {
        String version = version();
        assertTrue(
                ReadmeProject.pom().contains("<version>" + version + "</version>"), "the dependency is not " + version);
        Set<String> others = new TreeSet<>();
        Matcher named = Pattern.compile("(?<![\\d.])0\\.\\d+\\.\\d+(-SNAPSHOT)?\\b(?=\\.jar|/|\")")
                .matcher(Files.readString(Path.of("README.md")));
        while (named.find()) {
            others.add(named.group());
        }
        assertEquals(Set.of(version), others);
    }

    /** The plugins that README.md pins are those of this build, so that they are there without network. */
    @Test
    void thePluginsOfTheReadmesPomAreThoseOfThePom() throws IOException {
        String pom = Files.readString(Path.of("pom.xml")).replaceAll("\\s+", "");
        Matcher plugin = Pattern.compile("<artifactId>(maven-[a-z]+-plugin)</artifactId><version>[\\d.]+</version>")
                .matcher(ReadmeProject.pom());
        assertTrue(plugin.find(), "no plugin was found");
        do {
            assertTrue(pom.contains(plugin.group()), plugin.group());
        } while (plugin.find());
    }

    @Test
    void theChapterOfEachExportedPackageSaysSinceWhichVersionItIsThere() throws IOException {
        Set<String> missing = new TreeSet<>();
        for (String name : exports()) {
            Path chapter = Path.of("src/main/java", name.replace('.', '/'), "package-info.java");
            Matcher since = SINCE.matcher(Files.readString(chapter));
            if (!since.find() || compare(since.group(1), version()) > 0) {
                missing.add(name);
            }
        }
        assertEquals(Set.of(), missing, "no @since, or a later version than the pom's, in the package-info.java of");
    }

    /** The wrapper must not run a Maven that is not the one of its checksum, with unzip or without. */
    @Test
    void theMavenOfTheWrapperHasAChecksumForEachOfItsArchives() throws IOException {
        Properties wrapper = new Properties();
        try (var in = Files.newBufferedReader(Path.of(".mvn/wrapper/maven-wrapper.properties"))) {
            wrapper.load(in);
        }
        String url = wrapper.getProperty("distributionUrl");
        assertTrue(url.startsWith("https://repo.maven.apache.org/maven2/org/apache/maven/apache-maven/"), url);
        assertTrue(url.endsWith("-bin.zip"), url);
        for (String sum : List.of("distributionSha256Sum", "tarGzSha256Sum")) {
            assertTrue(wrapper.getProperty(sum, "").matches("[0-9a-f]{64}"), sum);
            assertTrue(Files.readString(Path.of("mvnw")).contains(sum), "mvnw does not read " + sum);
        }
        assertTrue(Files.isExecutable(Path.of("mvnw")), "mvnw");
    }

    @Test
    void aLaterVersionIsGreater() {
        assertTrue(compare("0.2.0", "0.2.0-SNAPSHOT") == 0);
        assertTrue(compare("0.10.0", "0.9.0") > 0);
        assertFalse(compare("0.1.0", "0.2.0-SNAPSHOT") > 0);
    }

    static String version() throws IOException {
        Matcher version = VERSION.matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(version.find(), "pom.xml has no version");
        return version.group(1);
    }

    /** Compares two versions, a snapshot as the version that it becomes. */
    private static int compare(String one, String other) {
        return ModuleDescriptor.Version.parse(one.replace("-SNAPSHOT", ""))
                .compareTo(ModuleDescriptor.Version.parse(other.replace("-SNAPSHOT", "")));
    }

    private static Set<String> exports() {
        return ModuleFinder.of(Path.of("target/classes"))
                .find("io.chagres")
                .orElseThrow()
                .descriptor()
                .exports()
                .stream()
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
    }
}
