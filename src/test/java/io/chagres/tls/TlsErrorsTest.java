package io.chagres.tls;

import static io.chagres.tls.Certificates.pem;
import static io.chagres.tls.Certificates.serverEc;
import static io.chagres.tls.Certificates.trusting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.ChagresException;
import io.chagres.fixture.HangGuard;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Engines that fail, and the names that Node has for it. If a JDK changes its texts, these tests show it. */
@ExtendWith(HangGuard.class)
class TlsErrorsTest {

    private static final SecureContext CLIENT = SecureContext.of(trusting());
    private static final SecureContext SERVER = SecureContext.of(serverEc());

    private static void assertCodes(String clientCode, String serverCode, EnginePair pair) {
        assertNotNull(pair.clientError, "the client has no error");
        assertNotNull(pair.serverError, "the server has no error");
        assertEquals(clientCode, TlsErrors.of(pair.clientError, true).code(), pair.clientError.toString());
        assertEquals(serverCode, TlsErrors.of(pair.serverError, false).code(), pair.serverError.toString());
    }

    @Test
    void noCipherInCommon() {
        EnginePair pair = EnginePair.shaken(
                SecureContext.of(trusting().ciphers("TLS_AES_128_GCM_SHA256")),
                SecureContext.of(serverEc().ciphers("TLS_AES_256_GCM_SHA384")));
        assertCodes("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "ERR_SSL_NO_SHARED_CIPHER", pair);
        ChagresException error = TlsErrors.of(pair.clientError, true);
        assertEquals(
                "sslv3 alert handshake failure: the peer has sent the alert handshake_failure", error.getMessage());
        assertSame(pair.clientError, error.getCause());
    }

    @Test
    void noGroupInCommon() {
        EnginePair pair = EnginePair.shaken(
                SecureContext.of(trusting().minVersion(TlsVersion.TLS_1_3).groups("x25519")),
                SecureContext.of(serverEc().groups("secp256r1")));
        assertCodes("ERR_SSL_SSLV3_ALERT_UNEXPECTED_MESSAGE", "ERR_SSL_NO_SUITABLE_GROUPS", pair);
    }

    @Test
    void noVersionInCommon() {
        SecureContext older = SecureContext.of(trusting().maxVersion(TlsVersion.TLS_1_2));
        SecureContext newer = SecureContext.of(trusting().minVersion(TlsVersion.TLS_1_3));
        assertCodes(
                "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
                "ERR_SSL_UNSUPPORTED_PROTOCOL",
                EnginePair.shaken(older, SecureContext.of(serverEc().minVersion(TlsVersion.TLS_1_3))));
        assertCodes(
                "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
                "ERR_SSL_UNSUPPORTED_PROTOCOL",
                EnginePair.shaken(newer, SecureContext.of(serverEc().maxVersion(TlsVersion.TLS_1_2))));
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "TLS_1_3, ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"})
    void aClientWithoutTheCertificateThatIsRequired(TlsVersion version, String clientCode) {
        EnginePair pair = new EnginePair(
                SecureContext.of(trusting().maxVersion(version)),
                SecureContext.of(serverEc().ca(pem("ca"))));
        pair.server.setNeedClientAuth(true);
        assertCodes(clientCode, "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE", pair.shake());
    }

    @ParameterizedTest
    @CsvSource({"TLS_1_2, ERR_SSL_NO_SHARED_CIPHER", "TLS_1_3, ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM"})
    void aServerWithoutACertificate(TlsVersion version, String serverCode) {
        EnginePair pair = EnginePair.shaken(SecureContext.of(trusting().maxVersion(version)), SecureContext.defaults());
        assertCodes("ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", serverCode, pair);
    }

    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void noApplicationProtocolInCommon(TlsVersion version) {
        EnginePair pair = new EnginePair(SecureContext.of(trusting().maxVersion(version)), SERVER);
        offer(pair.client, "http/1.1");
        offer(pair.server, "h2");
        assertCodes("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "ERR_SSL_NO_APPLICATION_PROTOCOL", pair.shake());
    }

    private static void offer(SSLEngine engine, String protocol) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {protocol});
        engine.setSSLParameters(parameters);
    }

    /** The client's record behind its ChangeCipherSpec is encrypted. */
    @ParameterizedTest
    @EnumSource(TlsVersion.class)
    void aRecordThatIsChangedOnItsWay(TlsVersion version) {
        EnginePair pair = new EnginePair(SecureContext.of(trusting().maxVersion(version)), SERVER);
        pair.onTheWayToServer = new ChangedRecord();
        assertCodes("ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC", "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", pair.shake());
    }

    private static final class ChangedRecord implements UnaryOperator<ByteBuffer> {

        private static final int HEADER = 5;
        private static final int CHANGE_CIPHER_SPEC = 20;
        private boolean isEncrypted;

        @Override
        public ByteBuffer apply(ByteBuffer records) {
            int next;
            for (int at = 0; at + HEADER <= records.position(); at = next) {
                next = at + HEADER + records.getShort(at + 3);
                if (isEncrypted && records.get(at) != CHANGE_CIPHER_SPEC) {
                    records.put(next - 1, (byte) (records.get(next - 1) ^ 1));
                }
                isEncrypted |= records.get(at) == CHANGE_CIPHER_SPEC;
            }
            return records;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1', ERR_SSL_HTTP_REQUEST",
        "'POST / HTTP/1.1', ERR_SSL_HTTP_REQUEST",
        "'CONNECT a:1 HTTP/1.1', ERR_SSL_HTTPS_PROXY_REQUEST",
        "'SSH-2.0-OpenSSH_9.2', ERR_SSL_WRONG_VERSION_NUMBER"
    })
    void otherProtocolsThanTls(String text, String code) {
        ByteBuffer bytes = ByteBuffer.wrap((text + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        SSLException thrown = receive(SERVER.serverEngine(new PeerCheck(true)), bytes);
        assertEquals(code, TlsErrors.of(thrown, false, bytes.rewind()).code(), thrown.toString());
    }

    @Test
    void aServerThatSpeaksHttp() {
        ByteBuffer bytes = ByteBuffer.wrap("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        SSLException thrown = receive(CLIENT.clientEngine(null, -1, new PeerCheck(true)), bytes);
        assertEquals(
                "ERR_SSL_WRONG_VERSION_NUMBER",
                TlsErrors.of(thrown, true, bytes.rewind()).code());
    }

    @Test
    void aRecordThatIsTooLong() {
        ByteBuffer bytes =
                ByteBuffer.allocate(40_000).put(new byte[] {22, 3, 3, -1, -1}).rewind();
        SSLException thrown = receive(SERVER.serverEngine(new PeerCheck(true)), bytes);
        assertEquals(
                "ERR_SSL_PACKET_LENGTH_TOO_LONG", TlsErrors.of(thrown, false).code(), thrown.toString());
    }

    private static SSLException receive(SSLEngine engine, ByteBuffer bytes) {
        return assertThrows(SSLException.class, () -> {
            engine.beginHandshake();
            engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(32 * 1024));
            engine.unwrap(bytes, ByteBuffer.allocate(64 * 1024));
        });
    }

    @Test
    void whatIsUnknownKeepsTheTextOfTheJdk() {
        assertEquals(
                "EPROTO", TlsErrors.of(new SSLException("something else"), true).code());
        ChagresException error = TlsErrors.of(new SSLHandshakeException("(illegal_parameter) something else"), true);
        assertEquals("ERR_SSL_ILLEGAL_PARAMETER", error.code());
        assertEquals("illegal parameter: (illegal_parameter) something else", error.getMessage());
        ChagresException alert = TlsErrors.of(new SSLException("Received fatal alert: UNKNOWN ALERT (99)"), true);
        assertEquals("ERR_SSL_TLSV1_ALERT_UNKNOWN_ALERT_99", alert.code());
    }

    @Test
    void anErrorOfOursIsLeftAsItIs() {
        ChagresException error = new ChagresException("ECONNRESET", "reset");
        assertSame(error, TlsErrors.of(error, true));
    }
}
