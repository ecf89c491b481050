package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The signature of a client takes milliseconds with an RSA key, so a worker makes it. In TLS 1.3 the engine makes it while it takes the last
 * message of the server, which is no task if that message has a record of its own, as those of OpenSSL have.
 */
@ConnectionTest
@Tag("host")
class ClientSignatureTest {

    private static final Pattern ACCEPTS = Pattern.compile("(?<=ACCEPT 127\\.0\\.0\\.1:)\\d+(?=\n)");

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();
    private final Set<Thread> signers = ConcurrentHashMap.newKeySet();

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void theKeyOfAClientIsNeverUsedOnTheLoopThread(TlsVersion version, Loop loop) throws Exception {
        Program.require("openssl");
        SecureContext context = SecureContext.of(Certificates.trusting()
                .maxVersion(version)
                .certificate(List.of(Certificates.certificate("client-rsa")), watchedKey()));
        signers.clear();
        Path printed = folder.resolve("printed");
        Process server = server(printed);
        try {
            ConnectOptions where = ConnectOptions.to("127.0.0.1", portOf(server, printed));
            TlsClientOptions options =
                    TlsClientOptions.defaults().secureContext(context).servername("localhost");
            TlsSocket client = Tls.connect(loop, where, options, null);
            client.onSecureConnect(() -> {
                journal.add("secure");
                client.end();
            });
            client.resume();
            loop.run();
        } finally {
            server.destroyForcibly();
            Waits.exit(server);
        }
        journal.expect("secure");
        assertTrue(!signers.isEmpty(), "the key was not used");
        assertFalse(signers.contains(Thread.currentThread()), signers::toString);
    }

    /** A key that knows which threads have used it. */
    private PrivateKey watchedKey() {
        PrivateKey key = KeyReader.read(Certificates.pem("client-rsa-key"), null);
        return (PrivateKey) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {RSAPrivateCrtKey.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getPrivateExponent")) { // others ask for the algorithm only
                        signers.add(Thread.currentThread());
                    }
                    return method.invoke(key, arguments);
                });
    }

    private static Process server(Path printed) throws IOException {
        List<String> command = List.of(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                file("server-rsa"),
                "-key",
                file("server-rsa-key"),
                "-cert_chain",
                file("intermediate"),
                "-CAfile",
                file("ca"),
                "-Verify",
                "1",
                "-verify_return_error");
        return Waits.limit(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(printed.toFile()))
                .start());
    }

    private static String file(String name) {
        return Path.of("src/test/resources/io/chagres/tls", name + ".pem").toString();
    }

    private static int portOf(Process server, Path printed) throws Exception {
        Waits.until("openssl listens", () -> ACCEPTS.matcher(text(printed)).find() || !server.isAlive());
        Matcher accepts = ACCEPTS.matcher(text(printed));
        assertTrue(accepts.find(), () -> text(printed));
        return Integer.parseInt(accepts.group());
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
