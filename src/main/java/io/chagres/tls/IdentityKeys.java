package io.chagres.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a context, among which the engine chooses for a handshake. The JDK's own key managers decrypt a key again for each
 * handshake, or do not know the name that the client asked for. An alias is an index in the list.
 */
final class IdentityKeys extends X509ExtendedKeyManager {

    private final List<Identity> identities;
    private final Map<SSLEngine, PeerCheck> checks;

    IdentityKeys(List<Identity> identities, Map<SSLEngine, PeerCheck> checks) {
        this.identities = identities;
        this.checks = checks;
    }

    /**
     * A certificate for the name that the client asked for is preferred, then the first of this kind. The engine asks for a certificate
     * also when it reads a session ticket, to compare it with that of the session: there is no session of the handshake yet.
     */
    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        SSLSession session = engine.getHandshakeSession();
        PeerCheck check = checks.get(engine);
        if (check != null && session != null) {
            check.setFull();
        }
        List<String> names = requestedNames(session);
        return choose(identity -> isOf(keyType, identity), identity -> isFor(names, identity));
    }

    private static List<String> requestedNames(@Nullable SSLSession session) {
        return session instanceof ExtendedSSLSession extended
                ? extended.getRequestedServerNames().stream()
                        .filter(SNIHostName.class::isInstance)
                        .map(name -> ((SNIHostName) name).getAsciiName())
                        .toList()
                : List.of();
    }

    private static boolean isFor(List<String> names, Identity identity) {
        return names.stream().anyMatch(name -> ServerIdentity.check(name, identity.certificate()) == null);
    }

    /** A certificate of one of the authorities that the server names is preferred. If there is none, the server gets another, as in Node. */
    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
        Set<Principal> wanted = issuers == null ? Set.of() : Set.of(issuers);
        return choose(
                identity -> Stream.of(keyTypes).anyMatch(type -> isOf(type, identity)),
                identity -> identity.chain().stream()
                        .anyMatch(certificate -> wanted.contains(certificate.getIssuerX500Principal())));
    }

    private static boolean isOf(String keyType, Identity identity) {
        return identity.key().getAlgorithm().equals(keyType);
    }

    private @Nullable String choose(Predicate<Identity> canServe, Predicate<Identity> isPreferred) {
        int first = -1;
        for (int i = 0; i < identities.size(); i++) {
            Identity identity = identities.get(i);
            if (canServe.test(identity)) {
                if (isPreferred.test(identity)) {
                    return Integer.toString(i);
                }
                first = first < 0 ? i : first;
            }
        }
        return first < 0 ? null : Integer.toString(first);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identities.get(Integer.parseInt(alias)).key();
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identities.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliases(keyType);
    }

    private String[] aliases(String keyType) {
        return IntStream.range(0, identities.size())
                .filter(i -> isOf(keyType, identities.get(i)))
                .mapToObj(Integer::toString)
                .toArray(String[]::new);
    }

    // for sockets of the JDK, which Chagres has none of

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        throw new UnsupportedOperationException();
    }
}
