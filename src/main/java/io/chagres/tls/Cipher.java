package io.chagres.tls;

/**
 * The cipher suite of a connection.
 *
 * @param name the name in the registry of IANA, for instance "TLS_AES_256_GCM_SHA384"
 * @param version the version of TLS, for instance "TLSv1.3"
 * @see <a href="https://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml">IANA: TLS Cipher Suites</a>
 * @see <a href="https://nodejs.org/api/tls.html#tlssocketgetcipher">tlsSocket.getCipher</a>
 */
public record Cipher(String name, String version) {}
