package io.chagres.tls;

import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import io.chagres.tls.Encounter.Role;
import io.chagres.tls.Encounter.Seen;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** openssl s_client and openssl s_server. They print what they know about a connection around the bytes of the peer. */
final class OpensslSide implements OtherSide {

    private static final String SHAKEN_HANDS = "Secure Renegotiation IS";

    private final Encounter encounter;
    private final Path folder;
    private final Path output;
    private Process server;

    OpensslSide(Encounter encounter, Path folder) {
        Program.require("openssl");
        Program.require("stdbuf");
        this.encounter = encounter;
        this.folder = folder;
        output = folder.resolve("output");
    }

    private static String file(String certificate) {
        return Path.of("src/test/resources/io/chagres/tls", certificate + ".pem")
                .toString();
    }

    private Process start(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("stdbuf", "-o0", "openssl")); // its own lines go before what follows them
        command.addAll(List.of(arguments));
        command.addAll(List.of("-CAfile", file("ca"), "-alpn", Encounter.PROTOCOL));
        command.add(encounter.version() == TlsVersion.TLS_1_3 ? "-tls1_3" : "-tls1_2");
        Files.deleteIfExists(output);
        return Waits.limit(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(output.toFile()))
                .start());
    }

    private String printed() {
        try {
            return Files.exists(output) ? Files.readString(output, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Seen> connect(int port) throws Exception {
        List<Seen> seen = new ArrayList<>();
        Path session = folder.resolve("session");
        for (int i = 0; i < 2; i++) {
            List<String> command = new ArrayList<>(List.of("s_client", "-connect", "127.0.0.1:" + port));
            command.addAll(
                    List.of("-servername", "localhost", "-verify_hostname", "localhost", "-verify_return_error"));
            command.addAll(List.of("-ign_eof", i == 0 ? "-sess_out" : "-sess_in", session.toString()));
            if (encounter.hasClientCertificate()) {
                String name = "client-" + encounter.key();
                command.addAll(List.of("-cert", file(name), "-key", file(name + "-key")));
            }
            Process client = start(command.toArray(String[]::new));
            try (OutputStream input = client.getOutputStream()) {
                input.write(encounter.bytesOf(Role.CLIENT));
            }
            Waits.exit(client);
            String text = printed();
            seen.add(seen(text, text.contains("Verify return code: 0 (ok)"), text.contains("closed\n")));
        }
        return seen;
    }

    private Seen seen(String text, boolean authorized, boolean hasEnded) {
        byte[] bytes = encounter.bytesOf(encounter.ours());
        boolean isComplete = text.contains(new String(bytes, StandardCharsets.US_ASCII));
        return new Seen(
                isComplete ? Encounter.digest(bytes) : "incomplete",
                text.contains("Reused, TLS") || text.contains("Reused session-id"),
                protocol(text),
                authorized,
                first(Pattern.compile("(?<=ALPN protocol(s selected)?: )\\w+"), text),
                hasEnded ? "end" : text.replaceAll("[0-7]{100,}", ""));
    }

    /** s_server prints it only as a number in the DER of the session, SSL_SESSION_ASN1: a version 1, then 0x0303 or 0x0304. */
    private static String protocol(String text) {
        String session = first(Pattern.compile("(?<=-----BEGIN SSL SESSION PARAMETERS-----\n)M.{15}"), text);
        if (session.isEmpty()) {
            return first(Pattern.compile("TLSv1\\.[23]"), text);
        }
        String der = HexFormat.of().formatHex(Base64.getDecoder().decode(session));
        return der.contains("02010102020304") ? "TLSv1.3" : der.contains("02010102020303") ? "TLSv1.2" : der;
    }

    private static String first(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElse("");
    }

    @Override
    public int listen() throws Exception {
        String name = "server-" + encounter.key();
        Stream<String> always = Stream.of("s_server", "-accept", "127.0.0.1:0", "-naccept", "2", "-cert", file(name));
        Stream<String> keys = Stream.of("-key", file(name + "-key"), "-cert_chain", file("intermediate"));
        Stream<String> asking =
                encounter.hasClientCertificate() ? Stream.of("-Verify", "1", "-verify_return_error") : Stream.empty();
        server = start(Stream.of(always, keys, asking).flatMap(part -> part).toArray(String[]::new));
        Pattern accepts = Pattern.compile("(?<=ACCEPT 127\\.0\\.0\\.1:)\\d+(?=\n)");
        Waits.until("openssl listens", () -> !first(accepts, printed()).isEmpty() || !server.isAlive());
        Thread.ofPlatform().daemon().name("s_server").start(this::answer);
        return Integer.parseInt(first(accepts, printed()));
    }

    /** It sends what its standard input says to the client that it has at that moment. */
    private void answer() {
        try {
            OutputStream input = server.getOutputStream();
            for (int i = 1; i <= 2; i++) {
                int connections = i;
                Waits.until("connection " + i, () -> printed().split(SHAKEN_HANDS, -1).length > connections);
                input.write(encounter.bytesOf(Role.SERVER));
                input.flush();
            }
        } catch (Exception failed) {
            failed.printStackTrace();
        }
    }

    @Override
    public List<Seen> accepted() throws Exception {
        Waits.exit(server);
        List<Seen> seen = new ArrayList<>();
        String[] connections = printed().split("ALPN protocols advertised by the client: ");
        for (int i = 1; i < connections.length; i++) {
            boolean authorized = connections[i].contains("subject=") || connections[i].contains("Client certificate");
            seen.add(seen(connections[i], authorized, connections[i].contains("DONE\n")));
        }
        return seen;
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.destroyForcibly();
        }
    }
}
