package io.chagres.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code make check-release} finds each fault of a bundle: a good one, made of the pom of this project and of empty jars, with one fault each. */
@ExtendWith(HangGuard.class)
class BundleTest {
    private static final String BASE = "io/chagres/chagres/0.2.0/chagres-0.2.0";

    private final TreeMap<String, byte[]> files = new TreeMap<>();

    @BeforeEach
    void makeAGoodBundle() throws IOException {
        put(".jar", zip("META-INF/MANIFEST.MF", "META-INF/LICENSE", "META-INF/NOTICE", "module-info.class"));
        put("-sources.jar", zip("module-info.java"));
        put("-javadoc.jar", zip("index.html"));
        putPom("", "");
    }

    @Test
    void aGoodBundleHasNoFaults() throws IOException {
        assertFaults();
    }

    @Test
    void aMissingSourcesJarIsFound() throws IOException {
        files.keySet().removeIf(name -> name.startsWith(BASE + "-sources.jar"));
        assertFaults("missing: " + BASE + "-sources.jar");
    }

    @Test
    void aJarWithoutTheNoticeIsFound() throws IOException {
        put(".jar", zip("META-INF/MANIFEST.MF", "META-INF/LICENSE", "module-info.class"));
        assertFaults(BASE + ".jar has no META-INF/NOTICE");
    }

    @Test
    void aFileWithoutASignatureIsFound() throws IOException {
        files.remove(BASE + "-javadoc.jar.asc");
        assertFaults("not signed: " + BASE + "-javadoc.jar");
    }

    @Test
    void aChecksumOfOtherBytesIsFound() throws IOException {
        files.put(BASE + ".jar.sha1", files.get(BASE + ".pom.sha1"));
        files.remove(BASE + ".pom.md5");
        assertFaults("no or a wrong checksum: " + BASE + ".jar.sha1", "no or a wrong checksum: " + BASE + ".pom.md5");
    }

    @Test
    void aPomWithoutDevelopersOrUrlIsFound() throws IOException {
        putPom("<developer>(?s:.*)</developer>", "");
        assertFaults("the pom has no developers/developer/name");
        putPom("<url>https://chagres.io</url>\\s*<licenses>", "<licenses>");
        assertFaults("the pom has no url");
    }

    @Test
    void aSnapshotIsFound() throws IOException {
        putPom("<version>0.2.0</version>", "<version>0.2.0-SNAPSHOT</version>");
        assertFaults("the path is not that of the coordinates: " + BASE, "the version is a snapshot: 0.2.0-SNAPSHOT");
    }

    @Test
    void aDependencyThatIsPassedOnIsFound() throws IOException {
        putPom("<scope>provided</scope>", "");
        assertFaults("the pom passes dependencies on");
    }

    @Test
    void aFileOfAnotherFolderIsFound() throws IOException {
        files.put("io/chagres/chagres/maven-metadata.xml.sha1", new byte[0]);
        assertFaults("not in the folder of the version: io/chagres/chagres/maven-metadata.xml.sha1");
    }

    private void assertFaults(String... expected) throws IOException {
        assertEquals(
                String.join("\n", List.of(expected).stream().sorted().toList()),
                String.join("\n", Bundle.faults(files).stream().sorted().toList()));
    }

    /** The pom of this project as the one of a version, changed at one place. */
    private void putPom(String pattern, String replacement) throws IOException {
        String pom = Files.readString(Path.of("pom.xml"))
                .replaceFirst("(?m)^  <version>.*</version>", "  <version>0.2.0</version>");
        String changed = pattern.isEmpty() ? pom : pom.replaceFirst(pattern, replacement);
        put(".pom", changed.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String suffix, byte[] content) {
        String name = BASE + suffix;
        files.put(name, content);
        files.put(name + ".asc", "-----BEGIN PGP SIGNATURE-----\n".getBytes(StandardCharsets.US_ASCII));
        files.put(name + ".md5", Bundle.digest("MD5", content).getBytes(StandardCharsets.US_ASCII));
        files.put(name + ".sha1", Bundle.digest("SHA-1", content).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] zip(String... entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
            }
        }
        return bytes.toByteArray();
    }
}
