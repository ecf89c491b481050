package io.chagres.tls;

/** Contexts that tests share, since making one costs some milliseconds. */
public final class TestContexts {

    /** An EC certificate for localhost, *.example.test, 127.0.0.1 and ::1. */
    public static final SecureContext SERVER = SecureContext.of(Certificates.serverEc());

    /** A client that trusts it. */
    public static final SecureContext CLIENT = SecureContext.of(Certificates.trusting());

    /** The same server, with TLS 1.2 only. */
    public static final SecureContext SERVER_12 =
            SecureContext.of(Certificates.serverEc().maxVersion(TlsVersion.TLS_1_2));

    private TestContexts() {}
}
