package io.chagres.labs;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** The checks of labs 1 to 4: echo servers, each a floor above the last. */
final class EchoChecks {

    private EchoChecks() {}

    /** Three clients, one after another. The last one sends more than a socket buffer holds, and reads meanwhile. */
    static void systemCalls(Lab lab, Report report) throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        try (Calls calls = new Calls()) {
            Lab.Call server = lab.start("serve", (IntConsumer) port::complete, 3);
            for (int size : new int[] {5, 1, 1_000_000}) {
                try (Client client = new Client(port(port, server))) {
                    report.expect(
                            "a client that sends " + Client.bytes(size) + " and ends its side gets back",
                            Client.bytes(size) + " and then the end",
                            client.exchange(bytes(size), true));
                }
            }
            server.end();
            report.expect("accept4 calls", 3L, calls.count("accept4"));
            report.expect("sockets that are still open", Set.of(), calls.openSockets());
        }
    }

    /** Three clients at the same time, and ten messages of each. The client that has connected last is the first to speak. */
    static void poll(Lab lab, Report report) throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        List<Client> clients = new ArrayList<>();
        try (Calls calls = new Calls()) {
            Lab.Call server = lab.start("serve", (IntConsumer) port::complete, 3);
            for (int client = 0; client < 3; client++) {
                clients.addFirst(new Client(port(port, server)));
            }
            int answered = 0;
            for (int message = 1; message <= 10; message++) {
                for (Client client : clients) {
                    String text = "message " + message + " of client " + (3 - clients.indexOf(client));
                    String answer = client.ask(text);
                    if (!answer.equals(text)) {
                        report.expect(text, text, answer);
                    }
                    answered++;
                }
            }
            report.expect("messages that came back", 30, answered);
            for (Client client : clients) {
                report.expect("a client that ends its side receives", "the end", client.end());
            }
            server.end();
            report.expect("sockets that are still open", Set.of(), calls.openSockets());
        } finally {
            for (Client client : clients) {
                client.close();
            }
        }
    }

    /** A client that writes 16 MiB and its end before it reads. So the server must queue, and must not close too early. */
    static void tcp(Lab lab, Report report) throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        try (Calls calls = new Calls()) {
            Lab.Call server = lab.start("serve", (IntConsumer) port::complete, 2);
            for (int size : new int[] {5, 16 << 20}) {
                try (Client client = new Client(port(port, server))) {
                    report.expect(
                            "a client that sends " + Client.bytes(size)
                                    + ", ends its side, and only then reads gets back",
                            Client.bytes(size) + " and then the end",
                            client.exchange(bytes(size), false));
                }
            }
            server.end();
            report.expectCount(
                    "sockets that were open at the same time, with the one that listens",
                    "at most 2",
                    calls.maxOpenSockets(),
                    open -> open <= 2);
        }
    }

    /** A client is connected at SIGTERM: it is served on, a new one is refused, and the program ends after the last client. */
    static void gracefulExit(Lab lab, Report report) throws Exception {
        CompletableFuture<Integer> listening = new CompletableFuture<>();
        CompletableFuture<String> leaving = new CompletableFuture<>();
        try (Calls calls = new Calls()) {
            Lab.Call server =
                    lab.start("serve", (IntConsumer) listening::complete, (Runnable) () -> leaving.complete("called"));
            int port = port(listening, server);
            try (Client client = new Client(port)) {
                report.expect("before SIGTERM a client gets back", "hello", client.ask("hello"));
                terminate();
                report.expect(
                        "leave() at SIGTERM is",
                        "called",
                        leaving.completeOnTimeout("not called", Lab.MAX_SECONDS, TimeUnit.SECONDS)
                                .get(2L * Lab.MAX_SECONDS, TimeUnit.SECONDS));
                report.expect("after SIGTERM a new client is", "refused", Client.tryToConnect(port));
                report.expect("after SIGTERM the old client gets back", "hello again", client.ask("hello again"));
                report.expect("the program has ended before its last client", false, server.hasEnded());
                report.expect("a client that ends its side receives", "the end", client.end());
            }
            server.end();
            report.expect("sockets that are still open", Set.of(), calls.openSockets());
        }
    }

    private static void terminate() throws Exception {
        Processes.run(
                List.of("sh", "-c", "kill -TERM " + ProcessHandle.current().pid()));
    }

    private static int port(CompletableFuture<Integer> port, Lab.Call server) throws Exception {
        for (int millis = 0; !port.isDone() && millis < Lab.MAX_SECONDS * 1000; millis++) {
            if (server.hasEnded()) {
                server.end();
            }
            Thread.sleep(1);
        }
        if (!port.isDone()) {
            throw new NotYet("the server does not listen");
        }
        return port.get(1, TimeUnit.SECONDS);
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
