#!/usr/bin/env bash
# Makes the certificates and keys of the tests of io.chagres.tls: src/test/sh/tls-certificates.sh
# Needs openssl 3. They are committed and valid for 100 years: run it only to add one, and commit what it writes.
set -euo pipefail
out=$(cd "$(dirname "$0")/../resources/io/chagres/tls" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
FROM=20240101000000Z TO=21240101000000Z

key() { # <name> rsa|ec
  if [ "$2" = rsa ]; then openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$1.key"
  else openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; fi
}

authority() { # <name>: a folder with what "openssl ca" wants
  mkdir -p "$1.d/certs"; : > "$1.d/index.txt"; echo "unique_subject = no" > "$1.d/index.txt.attr"
  echo 1000 > "$1.d/serial"; echo 01 > "$1.d/crlnumber"
}

config() { # <issuer> <extensions>
  cat > ca.cnf <<END
[ca]
default_ca = c
[c]
dir = $tmp/$1.d
database = $tmp/$1.d/index.txt
serial = $tmp/$1.d/serial
crlnumber = $tmp/$1.d/crlnumber
new_certs_dir = $tmp/$1.d/certs
certificate = $tmp/$1.pem
private_key = $tmp/$1.key
default_md = sha256
policy = p
x509_extensions = e
copy_extensions = none
preserve = yes
[p]
commonName = supplied
countryName = optional
organizationName = optional
[e]
$2
END
}

issue() { # <name> <subject> <issuer> <extensions> [from] [to] [key]
  openssl req -new -key "${7:-$1}.key" -subj "$2" -out "$1.csr"
  config "$3" "$4"
  local self=(); [ "$3" != "$1" ] || self=(-selfsign)
  openssl ca -batch -notext -config ca.cnf "${self[@]}" -in "$1.csr" -out "$1.pem" \
    -startdate "${5:-$FROM}" -enddate "${6:-$TO}" 2> openssl.log || { cat openssl.log; exit 1; }
}

crl() { # <authority> <next update>
  config "$1" ""
  openssl ca -config ca.cnf -gencrl -crl_lastupdate "$FROM" -crl_nextupdate "$2" 2> openssl.log
}

CA='basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid'
LEAF='basicConstraints = CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
keyUsage = critical,digitalSignature,keyEncipherment'
SERVER="$LEAF
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,DNS:*.example.test,IP:127.0.0.1,IP:::1"
CLIENT="$LEAF
extendedKeyUsage = clientAuth"

for name in ca other-ca intermediate narrow server-ec client-ec self-signed; do key $name ec; done
for name in server-rsa client-rsa; do key $name rsa; done
for name in ca other-ca intermediate narrow common-name self-signed; do authority $name; done

issue ca           "/O=Chagres/CN=Test Root"         ca       "$CA"
issue other-ca     "/O=Chagres/CN=Other Root"        other-ca "$CA"
issue intermediate "/O=Chagres/CN=Test Intermediate" ca       "${CA/CA:TRUE/CA:TRUE,pathlen:0}"
issue narrow       "/O=Chagres/CN=Below A Path Length" intermediate "$CA"
issue server-rsa   "/CN=localhost" intermediate "$SERVER"
issue server-ec    "/CN=localhost" intermediate "$SERVER"
issue client-rsa   "/O=Chagres/CN=Client RSA" ca "$CLIENT"
issue client-ec    "/O=Chagres/CN=Client EC"  ca "$CLIENT"
issue self-signed  "/CN=localhost" self-signed "${SERVER/authorityKeyIdentifier = keyid/}"
issue expired       "/CN=localhost" ca "$SERVER" 20200101000000Z 20210101000000Z server-ec
issue not-yet-valid "/CN=localhost" ca "$SERVER" 21000101000000Z "$TO" server-ec
issue wrong-name    "/CN=localhost" ca "${SERVER/DNS:localhost,DNS:\*.example.test,IP:127.0.0.1,IP:::1/DNS:other.test}" "" "" server-ec
issue common-name   "/CN=localhost" ca "$LEAF" "" "" server-ec
issue revoked       "/CN=localhost" ca "$SERVER" "" "" server-ec
cp server-ec.key common-name.key
issue below-a-leaf  "/CN=below a leaf" common-name "$SERVER" "" "" server-ec
issue below-narrow  "/CN=localhost" narrow "$SERVER" "" "" server-ec
config ca ""
openssl ca -config ca.cnf -revoke revoked.pem 2> openssl.log
crl ca "$TO" > ca-crl.pem
crl intermediate "$TO" > intermediate-crl.pem
crl ca 20240201000000Z > expired-crl.pem

cat server-rsa.pem intermediate.pem > server-rsa-chain.pem
cat server-ec.pem intermediate.pem > server-ec-chain.pem
cat below-a-leaf.pem common-name.pem > below-a-leaf-chain.pem
cat below-narrow.pem narrow.pem intermediate.pem > below-narrow-chain.pem
cp ca.pem other-ca.pem intermediate.pem server-rsa.pem server-ec.pem server-rsa-chain.pem server-ec-chain.pem client-rsa.pem \
  client-ec.pem self-signed.pem expired.pem not-yet-valid.pem wrong-name.pem common-name.pem revoked.pem \
  below-a-leaf-chain.pem below-narrow-chain.pem ca-crl.pem intermediate-crl.pem expired-crl.pem "$out"
for name in server-rsa server-ec client-rsa client-ec self-signed; do cp $name.key "$out/$name-key.pem"; done

# the forms of a private key; the passphrase is "secret"
cd "$out"
openssl rsa -in server-rsa-key.pem -traditional -out server-rsa-pkcs1.pem 2> /dev/null
{ openssl ecparam -name prime256v1; openssl ec -in server-ec-key.pem; } > server-ec-sec1.pem 2> /dev/null
openssl pkcs8 -topk8 -in server-rsa-key.pem -v2 aes-256-cbc -passout pass:secret -out server-rsa-pbes2.pem
openssl pkcs8 -topk8 -in server-ec-key.pem -v1 PBE-SHA1-3DES -passout pass:secret -out server-ec-pbes1.pem
openssl rsa -in server-rsa-key.pem -traditional -aes256 -passout pass:secret -out server-rsa-legacy-aes256.pem 2> /dev/null
openssl rsa -in server-rsa-key.pem -traditional -des3 -passout pass:secret -out server-rsa-legacy-des3.pem 2> /dev/null
openssl ec -in server-ec-key.pem -aes128 -passout pass:secret -out server-ec-legacy-aes128.pem 2> /dev/null
openssl pkcs12 -export -in server-rsa-chain.pem -inkey server-rsa-key.pem -name rsa -passout pass:secret -out server-rsa.p12
