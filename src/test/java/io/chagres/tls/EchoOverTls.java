package io.chagres.tls;

import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import java.time.Duration;

/**
 * An echo server over TLS as a process of its own, with the defaults of all options, an RSA and an EC certificate. It prints its port, and
 * a line for each connection that has sent something. SIGTERM drains it.
 */
final class EchoOverTls {

    static final String TALKING = "a client talks";

    private static final Duration GRACE = Duration.ofSeconds(20);

    private EchoOverTls() {}

    public static void main(String[] args) {
        SecureContext context = SecureContext.of(Certificates.serverRsa()
                .certificate(Certificates.pem("server-ec-chain"), Certificates.pem("server-ec-key")));
        try (Loop loop = new Loop()) {
            TlsServer server = Tls.createServer(loop, TlsServerOptions.of(context), EchoOverTls::echo);
            server.listen(
                    0, "127.0.0.1", () -> System.out.println(server.address().port()));
            Signal.on(loop, "TERM", () -> server.close(GRACE)).unref();
            loop.run();
        }
    }

    private static void echo(TlsSocket socket) {
        boolean[] talks = {false};
        socket.onError(error -> {});
        socket.onData(chunk -> {
            socket.write(chunk);
            if (!talks[0]) {
                talks[0] = true;
                System.out.println(TALKING);
            }
        });
    }
}
