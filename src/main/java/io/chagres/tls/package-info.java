/**
 * Node's {@code tls}: encrypted streams over any stream, on the TLS engine of the JDK.
 *
 * <p>A TLS stream stands on another stream. What a program writes is encrypted and written below; what arrives below is decrypted and
 * read above:
 *
 * <pre>
 *     the program's bytes       write(..)   data, end
 *                                   |           ^
 *     tls                        SSLEngine: records, handshake       SecureContext: certificates, keys, trust, versions
 *                                   v           |
 *     any Duplex                 ciphertext, for instance of a Socket
 * </pre>
 *
 * <p>The rules:
 *
 * <ul>
 *   <li>A {@link io.chagres.tls.SecureContext} is read and checked once, and used for many connections. It belongs to no loop.
 *   <li>Only TLS 1.2 and 1.3, and only cipher suites with forward secrecy that authenticate what they encrypt.
 *   <li>A client verifies the certificate and the name of its peer. A program that wants less must say so.
 *   <li>Wrong certificates and keys are errors of the call that takes them, with Node's codes. Nothing waits for the first handshake.
 *   <li>The computation of a handshake does not block a loop: it runs on the worker threads.
 * </ul>
 *
 * <p>Read {@link io.chagres.tls.Tls} first, then {@link io.chagres.tls.TlsSocket} and {@link io.chagres.tls.SecureContext}. The mechanism is
 * in {@code Conversation}, which has a {@code Handshake}, an {@code Inbound} and an {@code Outbound}.
 *
 * @see <a href="https://nodejs.org/api/tls.html">Node.js: TLS (SSL)</a>
 * @since 0.2.0
 */
@NullMarked
package io.chagres.tls;

import org.jspecify.annotations.NullMarked;
