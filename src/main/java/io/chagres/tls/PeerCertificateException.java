package io.chagres.tls;

import io.chagres.ChagresException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** Carries the reason for which a chain is not trusted through the engine. The engine chooses its alert by the cause. */
final class PeerCertificateException extends CertificateException {

    private static final long serialVersionUID = 1;

    private final ChagresException reason;

    PeerCertificateException(ChagresException reason) {
        super(reason.getMessage(), validation(reason.getCause()));
        this.reason = reason;
    }

    private static @Nullable Throwable validation(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && !(cause instanceof CertPathValidatorException)) {
            cause = cause.getCause();
        }
        return cause;
    }

    ChagresException reason() {
        return reason;
    }
}
