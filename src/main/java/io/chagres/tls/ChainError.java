package io.chagres.tls;

import io.chagres.ChagresException;
import org.jspecify.annotations.Nullable;

/**
 * OpenSSL's names for what is wrong with a chain of certificates, which Node uses as codes, and their texts.
 *
 * @see <a href="https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/">X509_STORE_CTX_get_error(3)</a>
 */
enum ChainError {
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY("unable to get local issuer certificate"),
    UNABLE_TO_VERIFY_LEAF_SIGNATURE("unable to verify the first certificate"),
    DEPTH_ZERO_SELF_SIGNED_CERT("self-signed certificate"),
    SELF_SIGNED_CERT_IN_CHAIN("self-signed certificate in certificate chain"),
    CERT_SIGNATURE_FAILURE("certificate signature failure"),
    CERT_NOT_YET_VALID("certificate is not yet valid"),
    CERT_HAS_EXPIRED("certificate has expired"),
    INVALID_CA("invalid CA certificate"),
    INVALID_PURPOSE("unsuitable certificate purpose"),
    PATH_LENGTH_EXCEEDED("path length constraint exceeded"),
    UNABLE_TO_GET_CRL("unable to get certificate CRL"),
    CRL_SIGNATURE_FAILURE("CRL signature failure"),
    CRL_NOT_YET_VALID("CRL is not yet valid"),
    CRL_HAS_EXPIRED("CRL has expired"),
    CERT_REVOKED("certificate revoked");

    private final String text;

    ChainError(String text) {
        this.text = text;
    }

    ChagresException exception(@Nullable Throwable cause) {
        return new ChagresException(name(), text, cause);
    }
}
