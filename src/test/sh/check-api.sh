#!/bin/sh
# make check-api: compares the public API with that of the last version that is tagged. A version that differs in the third number only may
# not break a program, neither when it is compiled nor when it runs. Other versions may, and the differences are listed.
# OLD and NEW are jars, if they are to be others; STRICT is true or false.
set -eu
export MAVEN_OPTS="${MAVEN_OPTS:-}" # MVN names it
out=$PWD/target/api
rm -rf "$out"
mkdir -p "$out"

minor() { echo "${1#v}" | cut -d. -f1,2; }

if [ -z "${OLD:-}" ]; then
    tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null) || {
        echo "no version is tagged yet, so there is nothing to compare with"
        exit 0
    }
    mkdir "$out/old"
    git archive "$tag" | tar -x -C "$out/old"
    eval "$MVN --quiet -f '$out/old/pom.xml' -Dmaven.test.skip package"
    OLD=$out/old/target/chagres-${tag#v}.jar
    [ -n "${STRICT:-}" ] || { [ "$(minor "$tag")" = "$(minor "$VERSION")" ] && STRICT=true || STRICT=false; }
    echo "comparing with $tag"
fi
if [ -z "${NEW:-}" ]; then
    eval "$MVN --quiet -Dmaven.test.skip package"
    NEW=$PWD/target/chagres-$VERSION.jar
fi
eval "$MVN --quiet -Papi -Dmaven.test.skip package com.github.siom79.japicmp:japicmp-maven-plugin:cmp \
    -Dapi.old='$OLD' -Dapi.new='$NEW' -Dapi.strict='${STRICT:-true}'"
echo target/japicmp/*.html
