package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import io.chagres.tls.Encounter.Role;
import io.chagres.tls.Encounter.Seen;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Node's tls module, src/test/js/tls-peer.js. One process serves all encounters, one after another. */
final class NodeSide implements OtherSide {

    /** The process. */
    static final class Runtime implements AutoCloseable {
        private final Process process;
        private final BufferedReader output;

        private Runtime(Process process) {
            this.process = process;
            output = process.inputReader();
        }

        static Runtime start() throws IOException {
            return new Runtime(Waits.limit(new ProcessBuilder("node", "src/test/js/tls-peer.js")
                    .redirectError(Redirect.INHERIT)
                    .start()));
        }

        private void say(String line) throws IOException {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        }

        private String[] hear(String word) throws IOException {
            String line = output.readLine();
            assertTrue(line != null && line.startsWith(word + " "), () -> "Node: " + line);
            return line.split(" ");
        }

        @Override
        public void close() throws IOException, InterruptedException {
            process.getOutputStream().close();
            Waits.exit(process);
            output.close();
        }
    }

    private final Encounter encounter;
    private final Runtime node;
    private final Path bytes;

    NodeSide(Encounter encounter, Runtime node, Path folder) throws IOException {
        Program.require("node");
        this.encounter = encounter;
        this.node = node;
        bytes = Files.write(folder.resolve("bytes"), encounter.bytesOf(encounter.theirs()));
    }

    private String task(String more, String certificate) {
        Role theirs = encounter.theirs();
        String own = certificate.isEmpty()
                ? ""
                : "'cert':'" + file(certificate) + "','key':'" + file(certificate.replace("-chain", "") + "-key")
                        + "',";
        return ("{" + more + own + "'ca':'" + file("ca") + "','version':'"
                        + encounter.version().protocol() + "','bytes':'" + bytes + "','endsFirst':"
                        + encounter.endsFirst(theirs) + ",'answers':" + encounter.answersAnEnd(theirs) + "}")
                .replace('\'', '"');
    }

    private static String file(String certificate) {
        return "src/test/resources/io/chagres/tls/" + certificate + ".pem";
    }

    @Override
    public List<Seen> connect(int port) throws Exception {
        String certificate = encounter.hasClientCertificate() ? "client-" + encounter.key() : "";
        node.say(task("'port':" + port + ",", certificate));
        return accepted();
    }

    @Override
    public int listen() throws Exception {
        node.say(task("'asks':" + encounter.hasClientCertificate() + ",", "server-" + encounter.key() + "-chain"));
        return Integer.parseInt(node.hear("port")[1]);
    }

    @Override
    public List<Seen> accepted() throws IOException {
        List<Seen> seen = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String[] facts = node.hear("seen");
            boolean reused = Boolean.parseBoolean(facts[2]);
            seen.add(new Seen(facts[1], reused, facts[3], Boolean.parseBoolean(facts[4]), facts[5], facts[6]));
        }
        return seen;
    }

    @Override
    public void close() {
        // the process serves the next encounter
    }
}
