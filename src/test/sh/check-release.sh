#!/bin/sh
# make check-release: builds this tree twice, in two folders, as the version without -SNAPSHOT. The files must have the same bytes. The first
# build is signed with a key that is thrown away, and its bundle is held against the rules of Maven Central. At last the comparison of the
# API must pass for the jar and itself, and fail for a jar in which a public method is missing.
set -eu
export MAVEN_OPTS="${MAVEN_OPTS:-}" # MVN names it
version=${VERSION%-SNAPSHOT}
out=$PWD/target/release
one=$out/one
two=$out/another/folder
rm -rf "$out"
mkdir -p "$one" "$two"

git ls-files --cached --others --exclude-standard | tar -c -T - | tar -x -C "$one"
sed -i "s,^  <version>.*</version>,  <version>$version</version>," "$one/pom.xml"
cp -a "$one/." "$two"

# The agent of gpg has a socket in this folder, whose path must be short.
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
gpg --batch --quiet --passphrase '' --quick-generate-key 'A key of a test <test@example.invalid>' ed25519 sign never 2>/dev/null

echo "building in two folders"
make --no-print-directory -C "$one" bundle
eval "$MVN --quiet -f '$two/pom.xml' -Prelease -Dmaven.test.skip package"

for file in chagres-$version.jar chagres-$version-sources.jar chagres-$version-javadoc.jar bom.json; do
    cmp "$one/target/$file" "$two/target/$file"
    echo "the same bytes: $file"
done

"$JDK/bin/java" src/test/java/io/chagres/publish/Bundle.java "$one/target/chagres-$version-bundle.zip"

jar=$one/target/chagres-$version.jar
mkdir "$out/broken"
cp -a "$one/target/classes" "$out/broken/classes"
rm "$out/broken/classes/module-info.class" # javac would look for the modules of the annotations
sed 's/public void abort/void abort/; s/@Nullable //; /import org.jspecify/d' \
    src/main/java/io/chagres/stream/AbortController.java > "$out/broken/AbortController.java"
"$JDK/bin/javac" --release 22 -cp "$jar" -d "$out/broken/classes" "$out/broken/AbortController.java"
"$JDK/bin/jar" --create --file "$out/broken.jar" -C "$out/broken/classes" .

compare() { OLD=$jar NEW=$1 STRICT=true sh src/test/sh/check-api.sh; }
compare "$jar" > "$out/api.log" 2>&1 || {
    cat "$out/api.log"
    exit 1
}
if compare "$out/broken.jar" > "$out/api.log" 2>&1; then
    echo "the API lost a method, and nothing has noticed"
    exit 1
fi
grep -m 1 -o "There is at least one incompatibility.*" "$out/api.log"
echo "a planted break of the API is found"
