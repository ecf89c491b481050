package io.chagres.tls;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The options that a {@link SecureContext} is made with: certificates, keys, trust, versions and cipher suites. Options are immutable:
 * each method returns a changed copy. What is wrong with a certificate or a key is thrown by the method that takes it.
 *
 * <pre>{@code
 * SecureContext context = SecureContext.of(SecureContextOptions.defaults()
 *         .certificate(Files.readString(Path.of("chain.pem")), Files.readString(Path.of("key.pem")))
 *         .minVersion(TlsVersion.TLS_1_3));
 * }</pre>
 *
 * <p>The methods take text, not the names of files, because reading a file blocks.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreatesecurecontextoptions">tls.createSecureContext</a>
 */
@CheckReturnValue
public final class SecureContextOptions {

    private static final int MAX_SECONDS = Integer.MAX_VALUE;
    private static final SecureContextOptions DEFAULTS = new SecureContextOptions(new Values());

    private static final class Values implements Cloneable {
        private List<Identity> identities = List.of();
        private List<X509Certificate> authorities = List.of();
        private List<X509CRL> revocations = List.of();
        private TlsVersion minVersion = TlsVersion.TLS_1_2;
        private TlsVersion maxVersion = TlsVersion.TLS_1_3;
        private List<String> ciphers = CipherNames.DEFAULTS;
        private List<String> groups = List.of();
        private List<String> signatureSchemes = List.of();
        private @Nullable Duration sessionTimeout;
        private @Nullable Integer sessionCacheSize;

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private SecureContextOptions(Values values) {
        this.values = values;
    }

    private SecureContextOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new SecureContextOptions(changed);
    }

    /** Returns the defaults: no certificate, the JDK's trusted roots, TLS 1.2 and 1.3. */
    public static SecureContextOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Adds a certificate and its private key: what a server shows its clients, or a client a server that asks.
     *
     * <p>A context may have several, for instance one with an RSA key and one with an EC key. The handshake chooses one that the peer
     * can verify; of those, a server prefers one for the name that the client asked for, then the one added first.
     *
     * @param chainPem the certificate in PEM, then the certificates of the authorities up to, but without, the root
     * @param keyPem the private key in PEM: PKCS#8 ("PRIVATE KEY"), PKCS#1 ("RSA PRIVATE KEY") or SEC 1 ("EC PRIVATE KEY"), not encrypted
     * @throws UsageException ERR_OSSL_PEM_NO_START_LINE if {@code chainPem} has no certificate; ERR_OSSL_UNSUPPORTED if {@code keyPem}
     *     has no private key; ERR_MISSING_PASSPHRASE if the key is encrypted; ERR_OSSL_X509_KEY_VALUES_MISMATCH or
     *     ERR_OSSL_X509_KEY_TYPE_MISMATCH if the key is that of another certificate
     */
    public SecureContextOptions certificate(String chainPem, String keyPem) {
        UsageException.requireArgument(keyPem, "keyPem");
        return add(CertificateReader.certificates(chainPem, "chainPem"), KeyReader.read(keyPem, null));
    }

    /**
     * Adds a certificate and its encrypted private key, see {@link #certificate(String, String)}.
     *
     * @param keyPem the private key in PEM: "ENCRYPTED PRIVATE KEY", or a key of OpenSSL's older format with a line "DEK-Info". A key that
     *     is not encrypted is accepted too
     * @throws UsageException ERR_OSSL_BAD_DECRYPT if {@code passphrase} is not that of the key; and as for {@link #certificate(String,
     *     String)}
     */
    public SecureContextOptions certificate(String chainPem, String keyPem, String passphrase) {
        UsageException.requireArgument(keyPem, "keyPem");
        UsageException.requireArgument(passphrase, "passphrase");
        return add(CertificateReader.certificates(chainPem, "chainPem"), KeyReader.read(keyPem, passphrase));
    }

    /**
     * Adds a certificate and its private key, see {@link #certificate(String, String)}. The key may be one of a security device, which
     * does not reveal it.
     *
     * @param chain the certificate, then the certificates of the authorities up to, but without, the root
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code chain} is empty; ERR_OSSL_X509_KEY_VALUES_MISMATCH or
     *     ERR_OSSL_X509_KEY_TYPE_MISMATCH if {@code key} is that of another certificate
     */
    public SecureContextOptions certificate(List<X509Certificate> chain, PrivateKey key) {
        UsageException.requireArgument(key, "key");
        return add(requireSome(chain, "chain"), key);
    }

    private SecureContextOptions add(List<X509Certificate> chain, PrivateKey key) {
        Identity identity = KeyMatch.require(new Identity(chain, key));
        return with(values -> values.identities = joined(values.identities, List.of(identity)));
    }

    /**
     * Adds each private key of {@code store} with its certificates, see {@link #certificate(String, String)}. Trusted certificates in it
     * are not used: {@link #ca(List)} takes those.
     *
     * <pre>{@code
     * KeyStore store = KeyStore.getInstance(new File("server.p12"), password);
     * SecureContextOptions options = SecureContextOptions.defaults().keyStore(store, password);
     * }</pre>
     *
     * @param password the password of the keys in the store
     * @throws UsageException ERR_OSSL_BAD_DECRYPT if {@code password} is not that of the keys; ERR_INVALID_ARG_VALUE if the store has no
     *     private key, or is not loaded
     */
    public SecureContextOptions keyStore(KeyStore store, char[] password) {
        UsageException.requireArgument(store, "store");
        UsageException.requireArgument(password, "password");
        List<Identity> added = KeyStoreReader.identities(store, password);
        return with(values -> values.identities = joined(values.identities, added));
    }

    /**
     * Adds trusted authorities. They replace the JDK's roots, which are trusted if there are none. A server sends their names to its
     * clients when it asks for a certificate.
     *
     * <p>Each certificate in the list is trusted by itself: an intermediate authority, or the certificate of one server, may stand for a
     * root.
     *
     * @param pem one or several certificates in PEM
     * @throws UsageException ERR_OSSL_PEM_NO_START_LINE if {@code pem} has no certificate
     */
    public SecureContextOptions ca(String pem) {
        List<X509Certificate> added = CertificateReader.certificates(pem, "pem");
        return with(values -> values.authorities = joined(values.authorities, added));
    }

    /**
     * Adds trusted authorities, see {@link #ca(String)}.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code certificates} is empty
     */
    public SecureContextOptions ca(List<X509Certificate> certificates) {
        List<X509Certificate> added = requireSome(certificates, "certificates");
        return with(values -> values.authorities = joined(values.authorities, added));
    }

    /**
     * Adds lists of revoked certificates. Then each certificate of a peer's chain must be covered by a list of its issuer, and must not be
     * in it. Without a list, revocation is not checked. No list is ever downloaded.
     *
     * @param pem one or several lists in PEM ("X509 CRL")
     * @throws UsageException ERR_CRYPTO_OPERATION_FAILED if {@code pem} has no list
     */
    public SecureContextOptions crl(String pem) {
        List<X509CRL> added = CertificateReader.crls(pem);
        return with(values -> values.revocations = joined(values.revocations, added));
    }

    /**
     * Sets the oldest version of TLS to accept; TLS 1.2 by default.
     *
     * @throws UsageException ERR_INCOMPATIBLE_OPTION_PAIR if it is newer than {@link #maxVersion}
     */
    public SecureContextOptions minVersion(TlsVersion version) {
        UsageException.requireArgument(version, "version");
        return with(values -> values.minVersion = version).requireVersions();
    }

    /**
     * Sets the newest version of TLS to accept; TLS 1.3 by default.
     *
     * @throws UsageException ERR_INCOMPATIBLE_OPTION_PAIR if it is older than {@link #minVersion}
     */
    public SecureContextOptions maxVersion(TlsVersion version) {
        UsageException.requireArgument(version, "version");
        return with(values -> values.maxVersion = version).requireVersions();
    }

    private SecureContextOptions requireVersions() {
        if (values.minVersion.compareTo(values.maxVersion) > 0) {
            throw new UsageException(
                    "ERR_INCOMPATIBLE_OPTION_PAIR",
                    "minVersion " + values.minVersion.protocol() + " is newer than maxVersion "
                            + values.maxVersion.protocol());
        }
        return this;
    }

    /**
     * Sets the cipher suites, the preferred first. A server chooses by its own order. By default they are the three of TLS 1.3, and those
     * of TLS 1.2 that have forward secrecy and authenticated encryption: ECDHE with AES-GCM or ChaCha20-Poly1305.
     *
     * <p>A version of TLS without a suite in the list is not spoken. {@link Tls#ciphers()} lists what the JDK has.
     *
     * @param names names of IANA, for instance "TLS_AES_128_GCM_SHA256"
     * @throws UsageException ERR_SSL_NO_CIPHER_MATCH if there is no name, or one that the JDK does not know
     */
    public SecureContextOptions ciphers(String... names) {
        List<String> list = CipherNames.require(UsageException.requireArgument(names, "names"));
        return with(values -> values.ciphers = list);
    }

    /**
     * Sets the groups of the key exchange, the preferred first. By default they are those of the JDK.
     *
     * @param names the JDK's names, for instance "x25519", "secp256r1"
     * @throws UsageException ERR_CRYPTO_OPERATION_FAILED if there is no name, or one that the JDK does not know
     * @see <a href="https://docs.oracle.com/en/java/javase/22/docs/specs/security/standard-names.html#named-groups">Named groups</a>
     */
    public SecureContextOptions groups(String... names) {
        List<String> list = StandardNames.requireGroups(UsageException.requireArgument(names, "names"));
        return with(values -> values.groups = list);
    }

    /**
     * Sets the schemes of signatures that this side accepts from its peer, and uses itself; the preferred first. By default they are those
     * of the JDK.
     *
     * @param names the JDK's names, for instance "ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"
     * @throws UsageException ERR_INVALID_ARG_VALUE if there is no name, or one that the JDK does not know
     * @see <a href="https://docs.oracle.com/en/java/javase/22/docs/specs/security/standard-names.html#signature-schemes">Signature
     *     schemes</a>
     */
    public SecureContextOptions signatureSchemes(String... names) {
        List<String> list = StandardNames.requireSchemes(UsageException.requireArgument(names, "names"));
        return with(values -> values.signatureSchemes = list);
    }

    /**
     * Sets the time after which a session cannot be resumed. By default it is the JDK's: 24 hours, or the property {@code
     * jdk.tls.server.sessionTicketTimeout}. TLS 1.3 allows at most 7 days.
     *
     * <p>A client respects it. On a server it bounds the sessions in its cache only: a session that is resumed by a ticket, as it is by
     * default, does not respect it with JDK 25.
     *
     * @param timeout in whole seconds; 0 for no limit
     * @throws UsageException ERR_OUT_OF_RANGE if it is negative, or more than 2,147,483,647 seconds
     */
    public SecureContextOptions sessionTimeout(Duration timeout) {
        UsageException.requireArgument(timeout, "timeout");
        UsageException.requireRange(timeout.toSeconds(), 0, MAX_SECONDS, "sessionTimeout");
        return with(values -> values.sessionTimeout = timeout);
    }

    /**
     * Sets the number of sessions that are kept for resumption. By default it is the JDK's: 20,480.
     *
     * @param sessions 0 for no limit
     * @throws UsageException ERR_OUT_OF_RANGE if it is negative
     */
    public SecureContextOptions sessionCacheSize(int sessions) {
        UsageException.requireRange(sessions, 0, Integer.MAX_VALUE, "sessionCacheSize");
        return with(values -> values.sessionCacheSize = sessions);
    }

    private static List<X509Certificate> requireSome(List<X509Certificate> list, String name) {
        if (UsageException.requireArgument(list, name).isEmpty()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE", name + " must have at least one certificate. Received []");
        }
        list.forEach(certificate -> UsageException.requireArgument(certificate, name + " with a certificate"));
        return List.copyOf(list);
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    List<Identity> identities() {
        return values.identities;
    }

    List<X509Certificate> authorities() {
        return values.authorities;
    }

    List<X509CRL> revocations() {
        return values.revocations;
    }

    TlsVersion minVersion() {
        return values.minVersion;
    }

    TlsVersion maxVersion() {
        return values.maxVersion;
    }

    List<String> ciphers() {
        return values.ciphers;
    }

    List<String> groups() {
        return values.groups;
    }

    List<String> signatureSchemes() {
        return values.signatureSchemes;
    }

    @Nullable
    Duration sessionTimeout() {
        return values.sessionTimeout;
    }

    @Nullable
    Integer sessionCacheSize() {
        return values.sessionCacheSize;
    }

    private List<Object> list() {
        return List.of(
                values.identities,
                values.authorities,
                values.revocations,
                values.minVersion,
                values.maxVersion,
                values.ciphers,
                values.groups,
                values.signatureSchemes,
                String.valueOf(values.sessionTimeout),
                String.valueOf(values.sessionCacheSize));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecureContextOptions options && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns the versions and what differs from the defaults. Private keys are never part of the text. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "SecureContextOptions (", ")");
        text.add(
                values.minVersion == values.maxVersion
                        ? values.minVersion.protocol()
                        : values.minVersion.protocol() + " to " + values.maxVersion.protocol());
        values.identities.forEach(identity -> text.add("certificate " + identity));
        addIf(!values.authorities.isEmpty(), "ca " + values.authorities.size(), text);
        addIf(!values.revocations.isEmpty(), "crl " + values.revocations.size(), text);
        addIf(!values.ciphers.equals(CipherNames.DEFAULTS), "ciphers " + values.ciphers, text);
        addIf(!values.groups.isEmpty(), "groups " + values.groups, text);
        addIf(!values.signatureSchemes.isEmpty(), "signatureSchemes " + values.signatureSchemes, text);
        addIf(values.sessionTimeout != null, "sessionTimeout " + values.sessionTimeout, text);
        addIf(values.sessionCacheSize != null, "sessionCacheSize " + values.sessionCacheSize, text);
        return text.toString();
    }

    private static void addIf(boolean differs, String option, StringJoiner text) {
        if (differs) {
            text.add(option);
        }
    }
}
