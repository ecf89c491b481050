#!/usr/bin/env bash
# Runs the tests of the lower floors on other machines: other processors (by qemu-user) and newer JDKs.
# `make check-platforms` calls it: check-platforms <home of the host's JDK> [machine ...]
#
# A machine is a root folder below target/platforms: a JDK and its C library, unpacked from packages of Debian. Nothing
# on the host changes: apt has a state, a cache and sources of its own, the mounts end with their process, and no
# interpreter is registered. A second run downloads nothing. `make clean` removes everything.
#
# docs/platforms.md has the results, and what cannot be run.
cd "$(dirname "$0")/../../.." || exit 1

jdk=$1 only=${*:2} work=$PWD/target/platforms
PATH=$PATH:/usr/sbin:/sbin # chroot(8), which is not on the path of every user

# name, architecture and suite of Debian, version of the JDK
machines=(
    "x86-64-jdk26  amd64   forky  26"
    "x86-64-jdk27  amd64   sid    27"
    "aarch64-jdk25 arm64   trixie 25"
    "riscv64-jdk25 riscv64 trixie 25"
)
libraries=(libc6 libgcc-s1 libstdc++6 zlib1g)

# The tests tagged "host" start other processes. Those tagged "no-qemu" need what qemu-user does not have: a call that it
# does not know, the speed of a real processor, or the second compiler of the JVM, which costs more there than it saves.
floors=${FLOORS:-sys loop handle address socket stream net}

java_options=(-ea -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED
    -Djunit.jupiter.execution.timeout.default=15m -Dchagres.patience=600)

host=$(dpkg --print-architecture 2>&-)
failures=0

# Writes the configuration of an apt of its own. The hooks and sources of the host's apt are left out, its proxy is kept.
configure_apt() { # folder architecture suite
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>&- | grep -m 1 '/debian/$')
    mkdir -p "$1"/state/lists/partial "$1"/cache/archives/partial
    : > "$1"/status
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:-http://deb.debian.org/debian/} $3 main" \
        > "$1"/sources.list
    cat > "$1"/apt.conf << END
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "$2";
APT::Architectures { "$2"; };
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "$1/state";
Dir::State::status "$1/status";
Dir::Cache "$1/cache";
Dir::Etc::sourcelist "$1/sources.list";
Dir::Etc::sourceparts "-";
END
}

# Downloads packages and unpacks them into a root, once. Returns false if they cannot be had.
unpack() { # folder architecture suite package ...
    local dir=$1
    [ -e "$dir"/complete ] && return
    [ "$host" ] || { mkdir -p "$dir" && echo "this host has no dpkg and apt" > "$dir"/unpack.log; return 1; }
    rm -rf "$dir"
    configure_apt "$@"
    mkdir -p "$dir"/root/usr/{bin,sbin,lib,lib64}
    ln -s usr/{bin,sbin,lib,lib64} "$dir"/root
    (
        cd "$dir"/cache && apt=(timeout 900 apt-get -qq -c "$dir"/apt.conf) &&
            "${apt[@]}" update && "${apt[@]}" download "${@:4}" &&
            for deb in *.deb; do dpkg-deb -x "$deb" "$dir"/root || exit; done
    ) > "$dir"/unpack.log 2>&1 || return
    echo "Debian $3 of $(sed -n 's/^Date: //p' "$dir"/state/lists/*InRelease):" "$dir"/cache/*.deb | sed "s,$dir/cache/,,g" \
        > "$dir"/complete
    rm -rf "$dir"/state "$dir"/cache
}

# Replaces this process by a java in a root. The root sees the classes, and /proc, /dev and /sys of the host.
java_in() { # root java option ...
    local root=$1 user=()
    mkdir -p "$root"/{proc,dev,sys,tmp,etc,src} "$root"/target/{classes,test-classes,platforms/lib}
    cp -L /etc/{hosts,services,protocols,passwd} "$root"/etc 2>&-
    grep -qs ^::1 "$root"/etc/hosts || echo '::1 localhost' >> "$root"/etc/hosts
    echo 'hosts: files dns' > "$root"/etc/nsswitch.conf # without the file, glibc asks DNS first
    [ "$(id -u)" -eq 0 ] || user=(--map-root-user)
    exec unshare --mount "${user[@]}" bash -c '
        for dir in proc dev sys; do mount --rbind /$dir "$1/$dir" || exit; done
        for dir in src target/{classes,test-classes,platforms/lib}; do mount --rbind "$dir" "$1/$dir" || exit; done
        exec chroot "$1" "${@:2}"
    ' java_in "$root" "${@:2}"
}

# Runs the selected tests, and prints a line of the table.
run() { # name command ...
    local name=$1 log=$work/$1.log start=$SECONDS status found passed failed
    (
        "${@:2}" "${java_options[@]}" -cp "target/classes:target/test-classes:target/platforms/lib/*" org.junit.platform.console.ConsoleLauncher \
            execute --disable-banner --disable-ansi-colors --details=summary "${selected[@]}"
    ) > "$log" 2>&1 < /dev/null
    status=$?
    count() { sed -n "s/^\[ *\([0-9]*\) tests $1 .*/\1/p" "$log"; }
    found=$(count found) passed=$(count successful) failed=$(count failed)
    if [ ! "$found" ]; then
        printf '%-14s %s\n' "$name" "ended with status $status: see ${log#"$PWD"/}"
        failures=1
        return
    fi
    [ "$status" -eq 0 ] || failures=1
    printf '%-14s %6d %7d %7d %8d %8d\n' "$name" "$found" "$passed" "$failed" $((found - passed - failed)) $((SECONDS - start))
    sed -n -e "s/^ *MethodSource .*className = '\([^']*\)', methodName = '\([^']*\)'.*/    failed: \1.\2/p" \
        -e "s/^ *ClassSource .*className = '\([^']*\)'.*/    failed: \1/p" "$log"
}

# Runs one machine, or says why it cannot.
machine() { # name architecture suite version
    local dir=$work/$1 root=$work/$1/root qemu=()
    if ! unpack "$dir" "$2" "$3" "openjdk-$4-jre-headless" "${libraries[@]}"; then
        printf '%-14s skipped: %s\n' "$1" "$(tail -n 1 "$dir"/unpack.log)"
    elif [ "$2" = "$host" ]; then
        run "$1" java_in "$root" "/usr/lib/jvm/java-$4-openjdk-$2/bin/java"
    elif ! unpack "$work"/qemu "$host" sid qemu-user; then
        printf '%-14s skipped: %s\n' "$1" "no qemu-user: $(tail -n 1 "$work"/qemu/unpack.log)"
    else
        cp -uL "$work/qemu/root/usr/bin/qemu-$2" "$root"/qemu
        local selected=("${selected[@]}" --exclude-tag no-qemu)
        run "$1" java_in "$root" /qemu "/usr/lib/jvm/java-$4-openjdk-$2/bin/java" -XX:TieredStopAtLevel=1
    fi
}

# Compares the C library musl with what is linked and assumed: no JDK on musl can be had.
musl() {
    local selected=(--select-class=io.chagres.sys.MuslTest --select-class=io.chagres.sys.CHeadersTest)
    unpack "$work"/musl "$host" trixie musl musl-dev || echo "musl           not unpacked: $(tail -n 1 "$work"/musl/unpack.log)"
    run musl "$jdk"/bin/java
}

wanted() { # name
    [ ! "$only" ] || [[ " $only " = *" $1 "* ]]
}

mkdir -p "$work"
selected=(--include-classname='.*Test' --exclude-tag=host)
for floor in $floors; do selected+=("--select-package=io.chagres.$floor"); done
echo "the tests of $floors, but for those that start other processes"
printf '%-14s %6s %7s %7s %8s %8s\n' machine tests passed failed skipped seconds
wanted host && run host "$jdk"/bin/java
wanted musl && musl
for line in "${machines[@]}"; do
    read -r name arch suite version <<< "$line"
    wanted "$name" && machine "$name" "$arch" "$suite" "$version"
done
echo
cat "$work"/*/complete 2>&-
echo "not run: JDK 22, 23 and 24, of which Debian has no package; a JDK on musl, of which Debian has none"
exit $failures
