package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * testssl.sh against a server with the defaults of all options: no finding but those with a reason here. {@code make check-testssl} runs
 * it, for minutes; it is no part of {@code make test}.
 */
@Tag("host")
@ExtendWith(HangGuard.class)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ScanCheck {

    private static final int LIMIT_MINUTES = 25;

    /** The findings that stay, and why. None of them is about the server's TLS. */
    private static final Map<String, String> REASONS = Map.of(
            "engine_problem WARN", "about the machine of the check: its openssl has no engine for GOST",
            "sessionresumption_ticket WARN",
                    "about the check: s_client ends with its input, before the ticket of TLS 1.3 has arrived; that sessions are"
                            + " resumed is a fact of OtherImplementationsTest and CurlTest",
            "cert_validityPeriod HIGH",
                    "the certificates of the tests are valid for 100 years, so that no test fails one day",
            "cert_revocation HIGH", "the certificates of the tests name no place for revocations: there is none",
            "DNS_CAArecord LOW", "no DNS zone says who may issue a certificate for localhost");

    private static final Set<String> HARMLESS = Set.of("OK", "INFO", "DEBUG");
    private static final Pattern FINDING = Pattern.compile(
            "\"id\"\\s*:\\s*\"([^\"]*)\".*?\"severity\"\\s*:\\s*\"([^\"]*)\".*?\"finding\"\\s*:\\s*\"([^\"]*)\"",
            Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void noFindingWithoutAReason() throws Exception {
        Program.require("testssl");
        Process server = new ProcessBuilder(ForkedJvm.command(EchoOverTls.class))
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            BufferedReader output =
                    server.inputReader(); // closed by the end of the process: a close would wait for its reader
            int port = Integer.parseInt(output.readLine());
            Thread.ofPlatform().daemon().start(() -> output.lines().forEach(line -> {}));
            check(port);
            assertTrue(server.isAlive());
        } finally {
            server.destroyForcibly();
            Waits.exit(server);
        }
    }

    private void check(int port) throws Exception {
        Path findings = folder.resolve("findings.json");
        Path report = folder.resolve("report");
        List<String> command = List.of(
                "testssl",
                "--warnings=off",
                "--color=0",
                "--jsonfile=" + findings,
                "--add-ca=src/test/resources/io/chagres/tls/ca.pem",
                "--ip=127.0.0.1",
                "localhost:" + port);
        Process testssl = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(report.toFile())
                .start();
        try {
            assertTrue(testssl.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES), "testssl.sh does not end");
        } finally {
            testssl.destroyForcibly();
        }
        Map<String, String> bad = new TreeMap<>();
        Set<String> kinds = new TreeSet<>();
        int count = 0;
        for (Matcher next = FINDING.matcher(Files.readString(findings)); next.find(); count++) {
            String kind = next.group(1).split(" ")[0] + " " + next.group(2);
            if (!HARMLESS.contains(next.group(2))) {
                kinds.add(kind);
                if (!REASONS.containsKey(kind)) {
                    bad.put(next.group(1) + " " + next.group(2), next.group(3));
                }
            }
        }
        System.out.println("ScanCheck: " + count + " findings, with a reason: " + kinds);
        assertEquals(Map.of(), bad, Files.readString(report));
        assertTrue(count > 100, "only " + count + " findings: " + Files.readString(report));
    }
}
