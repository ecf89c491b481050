package io.chagres.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The JDK's rules for chains (PKIX), with the trusted authorities and the lists of revoked certificates of a context.
 *
 * @param rules the JDK's trust manager
 * @param errors the names of the errors
 * @param areOwn whether the authorities are the context's, not the JDK's
 */
record TrustRules(X509ExtendedTrustManager rules, ChainErrors errors, boolean areOwn) {

    /** The JDK's roots, which take 50 ms to read. */
    private static final class Roots {
        static final X509ExtendedTrustManager RULES = roots();

        private static X509ExtendedTrustManager roots() {
            try {
                TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
                factory.init((KeyStore) null);
                return first(factory);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK's trusted roots cannot be read", e);
            }
        }
    }

    static List<X509Certificate> roots() {
        return List.of(Roots.RULES.getAcceptedIssuers());
    }

    static TrustRules of(List<X509Certificate> authorities, List<X509CRL> revocations) throws GeneralSecurityException {
        boolean areOwn = !authorities.isEmpty();
        List<X509Certificate> anchors = areOwn ? authorities : roots();
        X509ExtendedTrustManager rules = areOwn || !revocations.isEmpty() ? rules(anchors, revocations) : Roots.RULES;
        return new TrustRules(rules, new ChainErrors(anchors, revocations), areOwn);
    }

    private static X509ExtendedTrustManager rules(List<X509Certificate> anchors, List<X509CRL> revocations)
            throws GeneralSecurityException {
        Set<TrustAnchor> trusted = new HashSet<>();
        anchors.forEach(authority -> trusted.add(new TrustAnchor(authority, null)));
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, new X509CertSelector());
        parameters.setRevocationEnabled(!revocations.isEmpty());
        if (!revocations.isEmpty()) {
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(revocations)));
            parameters.addCertPathChecker(listsOnly());
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        return first(factory);
    }

    /** Nothing is asked of a server of the authority, by OCSP: that would block. */
    private static PKIXRevocationChecker listsOnly() throws GeneralSecurityException {
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
        checker.setOptions(
                EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
        return checker;
    }

    private static X509ExtendedTrustManager first(TrustManagerFactory factory) {
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }
}
