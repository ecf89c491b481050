package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.trace.SystemCall;
import io.chagres.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How often both sides of a handshake call send(2) until the first answer has arrived. A small record that is sent alone would make the
 * next one wait for its acknowledgement.
 */
@ConnectionTest
class HandshakeCallsTest {

    private final List<SystemCall> sends = new ArrayList<>();
    private final List<SystemCall> untilTheAnswer = new ArrayList<>();

    /**
     * TLS 1.3: the hello, the answer with the certificate, the Finished of the client with its text, the ticket with the echo. In TLS 1.2
     * the server has the last word of the handshake, so the text and the echo are sends of their own.
     */
    @ParameterizedTest
    @CsvSource({"TLS_1_3, 4", "TLS_1_2, 6"})
    void theLastMessagesGoOutWithTheFirstTexts(TlsVersion version, int expected, Loop loop) {
        TlsServer server = Tls.createServer(loop, Contexts.server(), socket -> socket.pipe(socket));
        server.onSecureConnection(socket -> server.close());
        server.listen(0, Local.HOST, null);
        try (Trace trace = Trace.start(event -> {
            if (event instanceof SystemCall call && call.name().equals("sendto")) {
                sends.add(call);
            }
        })) {
            TlsClientOptions options = TlsClientOptions.defaults()
                    .secureContext(Contexts.of(
                            context -> context.ca(Contexts.pem("ca")).maxVersion(version)));
            TlsSocket client = Tls.connect(
                    loop, ConnectOptions.to(Local.HOST, server.address().port()), options, null);
            client.onSecureConnect(() -> client.write("hello"));
            client.onData(chunk -> {
                untilTheAnswer.addAll(sends);
                client.end();
            });
            loop.run();
        }
        assertEquals(expected, untilTheAnswer.size(), untilTheAnswer::toString);
    }
}
