package io.chagres.publish;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The files of a version as Maven Central takes them, and the rules that Maven Central has published for them. It is read from the zip, and
 * knows nothing of this project.
 *
 * @see <a href="https://central.sonatype.org/publish/requirements/">Maven Central: requirements</a>
 */
final class Bundle {
    private static final List<String> REQUIRED = List.of(
            "name",
            "description",
            "url",
            "licenses/license/name",
            "licenses/license/url",
            "developers/developer/name",
            "scm/connection",
            "scm/developerConnection",
            "scm/url");
    private static final Map<String, String> CHECKSUMS = Map.of(".md5", "MD5", ".sha1", "SHA-1");
    private static final XPath XPATH = XPathFactory.newInstance().newXPath();

    private final TreeMap<String, byte[]> files;
    private final List<String> faults = new ArrayList<>();

    private Bundle(TreeMap<String, byte[]> files) {
        this.files = files;
    }

    /** Prints the faults of the zip that the first argument names, and exits with 1 if there are any. gpg must know the key. */
    public static void main(String[] args) throws IOException, InterruptedException {
        TreeMap<String, byte[]> files = unzip(Files.readAllBytes(Path.of(args[0])));
        List<String> faults = new ArrayList<>(faults(files));
        faults.addAll(wrongSignatures(files));
        faults.forEach(System.out::println);
        System.out.println(args[0] + ": " + files.size() + " files, " + faults.size() + " faults");
        System.exit(faults.isEmpty() ? 0 : 1);
    }

    /** Returns the rules that the files break. The values of signatures are not looked at. */
    static List<String> faults(Map<String, byte[]> files) throws IOException {
        Bundle bundle = new Bundle(new TreeMap<>(files));
        bundle.check();
        return bundle.faults;
    }

    static TreeMap<String, byte[]> unzip(byte[] zip) throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.put(entry.getName().replaceFirst("^\\./", ""), in.readAllBytes());
                }
            }
        }
        return files;
    }

    private void check() throws IOException {
        List<String> poms =
                files.keySet().stream().filter(name -> name.endsWith(".pom")).toList();
        if (poms.size() != 1) {
            faults.add("there is not one pom, but " + poms);
            return;
        }
        String base = poms.getFirst().substring(0, poms.getFirst().length() - ".pom".length());
        checkPom(base, parse(files.get(poms.getFirst())));
        checkJar(base + ".jar", "META-INF/MANIFEST.MF", "META-INF/LICENSE", "META-INF/NOTICE", "module-info.class");
        checkJar(base + "-sources.jar", "module-info.java");
        checkJar(base + "-javadoc.jar", "index.html");
        files.keySet().stream().filter(Bundle::isContent).forEach(this::checkCompanions);
        files.keySet().stream()
                .filter(name -> !name.startsWith(base.substring(0, base.lastIndexOf('/') + 1)))
                .forEach(name -> faults.add("not in the folder of the version: " + name));
    }

    private void checkPom(String base, Document pom) {
        String artifact = text(pom, "artifactId");
        String version = text(pom, "version");
        String expected = text(pom, "groupId").replace('.', '/') + "/" + artifact + "/" + version + "/" + artifact + "-"
                + version;
        if (!base.equals(expected)) {
            faults.add("the path is not that of the coordinates: " + base);
        }
        if (version.endsWith("-SNAPSHOT")) {
            faults.add("the version is a snapshot: " + version);
        }
        REQUIRED.stream()
                .filter(path -> text(pom, path).isEmpty())
                .forEach(path -> faults.add("the pom has no " + path));
        NodeList dependencies = nodes(pom, "/project/dependencies/dependency[not(scope='test' or scope='provided')]");
        if (dependencies.getLength() > 0) {
            faults.add("the pom passes dependencies on");
        }
        if (nodes(pom, "/project/repositories").getLength() > 0) {
            faults.add("the pom names a repository");
        }
    }

    private void checkJar(String name, String... entries) throws IOException {
        if (!files.containsKey(name)) {
            faults.add("missing: " + name);
            return;
        }
        Map<String, byte[]> content = unzip(files.get(name));
        for (String entry : entries) {
            if (!content.containsKey(entry)) {
                faults.add(name + " has no " + entry);
            }
        }
    }

    /** Each file has a signature, and each file but the signatures has the two checksums that Maven Central asks for. */
    private void checkCompanions(String name) {
        byte[] signature = files.get(name + ".asc");
        if (signature == null || !text(signature).startsWith("-----BEGIN PGP SIGNATURE-----")) {
            faults.add("not signed: " + name);
        }
        CHECKSUMS.forEach((suffix, algorithm) -> {
            byte[] sum = files.get(name + suffix);
            if (sum == null || !text(sum).strip().equals(digest(algorithm, files.get(name)))) {
                faults.add("no or a wrong checksum: " + name + suffix);
            }
        });
    }

    private static boolean isContent(String name) {
        return !name.matches(".*\\.(asc|md5|sha1|sha256|sha512)");
    }

    private static List<String> wrongSignatures(TreeMap<String, byte[]> files)
            throws IOException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        Path folder = Files.createTempDirectory("chagres-bundle");
        Path file = folder.resolve("file");
        Path signature = folder.resolve("file.asc");
        for (String name : files.keySet().stream().filter(Bundle::isContent).toList()) {
            Files.write(file, files.get(name));
            Files.write(signature, files.getOrDefault(name + ".asc", new byte[0]));
            if (!verifies(signature, file)) {
                wrong.add("a wrong signature: " + name);
            }
        }
        Files.deleteIfExists(file);
        Files.deleteIfExists(signature);
        Files.delete(folder);
        return wrong;
    }

    private static boolean verifies(Path signature, Path file) throws IOException, InterruptedException {
        Process gpg = new ProcessBuilder("gpg", "--batch", "--quiet", "--verify", signature.toString(), file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return gpg.waitFor(60, TimeUnit.SECONDS) && gpg.exitValue() == 0;
    }

    private static Document parse(byte[] xml) throws IOException {
        try (InputStream in = new ByteArrayInputStream(xml)) {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(in);
        } catch (SAXException | ParserConfigurationException e) {
            throw new IOException(e);
        }
    }

    private static String text(Document pom, String path) {
        Node node = nodes(pom, "/project/" + path).item(0);
        return node == null ? "" : node.getTextContent().strip();
    }

    private static NodeList nodes(Document pom, String path) {
        try {
            return (NodeList) XPATH.evaluate(path, pom, XPathConstants.NODESET);
        } catch (XPathExpressionException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static String digest(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
