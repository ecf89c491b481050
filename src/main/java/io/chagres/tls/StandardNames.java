package io.chagres.tls;

import io.chagres.UsageException;
import java.util.List;
import java.util.Set;

/** The JDK's names of groups and of schemes of signatures. The JDK ignores unknown ones, and has no list of those it knows. */
final class StandardNames {

    /** Those of JDK 27. */
    private static final Set<String> GROUPS = Set.of(
            "x25519",
            "x448",
            "secp256r1",
            "secp384r1",
            "secp521r1",
            "ffdhe2048",
            "ffdhe3072",
            "ffdhe4096",
            "ffdhe6144",
            "ffdhe8192",
            "X25519MLKEM768",
            "SecP256r1MLKEM768",
            "SecP384r1MLKEM1024");

    private static final Set<String> SCHEMES = Set.of(
            "ecdsa_secp256r1_sha256",
            "ecdsa_secp384r1_sha384",
            "ecdsa_secp521r1_sha512",
            "ed25519",
            "ed448",
            "rsa_pss_rsae_sha256",
            "rsa_pss_rsae_sha384",
            "rsa_pss_rsae_sha512",
            "rsa_pss_pss_sha256",
            "rsa_pss_pss_sha384",
            "rsa_pss_pss_sha512",
            "rsa_pkcs1_sha256",
            "rsa_pkcs1_sha384",
            "rsa_pkcs1_sha512");

    private StandardNames() {}

    static List<String> requireGroups(String[] names) {
        return require(names, GROUPS, "ERR_CRYPTO_OPERATION_FAILED", "Failed to set ECDH curve");
    }

    static List<String> requireSchemes(String[] names) {
        return require(names, SCHEMES, "ERR_INVALID_ARG_VALUE", "The property 'options.signatureSchemes' is invalid");
    }

    private static List<String> require(String[] names, Set<String> known, String code, String text) {
        if (names.length == 0) {
            throw new UsageException(code, text + ". Received []");
        }
        for (String name : names) {
            if (!known.contains(UsageException.requireArgument(name, "name"))) {
                throw new UsageException(code, text + ". Received \"" + name + "\"");
            }
        }
        return List.of(names);
    }
}
