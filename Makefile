# `make` lists the targets. They need only a JDK 22+ and make. The JDK may be one of JAVA_HOME, PATH or JVM_DIRS, so that an
# older default `java` is no obstacle. If there is no mvn, ./mvnw downloads Maven once, and holds it against a checksum.

JVM_DIRS ?= /usr/lib/jvm $(HOME)/.sdkman/candidates/java
ARGS     ?=
FLOOR    ?= loop
TEST     ?=
EXAMPLE  ?= Watch
N        ?=
SOLUTION ?=
BENCH    ?= .
JMH_ARGS ?=
STRESS   ?= -m quick -f 1
SECONDS  ?= 10

# Words such as "25:/usr/lib/jvm/jdk-25", the best first: that of JAVA_HOME if it is new enough, then by version.
define list-jdks
jdks() { \
    for home; do \
        [ -x "$$home/bin/javac" ] && sed -n 's,^JAVA_VERSION="\([0-9]*\).*,\1:'"$$home,p" "$$home/release" 2>&-; \
    done; \
}; \
on_path=$$(readlink -f "$$(command -v javac)"); \
jdks "$$JAVA_HOME" | awk -F: '$$1 >= 22'; \
jdks "$$JAVA_HOME" "$${on_path%/bin/javac}" $(addsuffix /*,$(JVM_DIRS)) | sort -rnu
endef

jdks     = $(eval jdks := $(shell $(list-jdks)))$(jdks)
version  = $(firstword $(subst :, ,$(jdks)))
home     = $(word 2,$(subst :, ,$(jdks)))
found    = found $(if $(version),only $(version),none)
no-jdk   = $(error Chagres needs a JDK 22 or newer ($(found)): install one, e.g. under /usr/lib/jvm, or set JAVA_HOME)

JDK = $(if $(shell [ 0$(version) -ge 22 ] && echo yes),$(home),$(no-jdk))

# Maven's own libraries use JNI and Unsafe, which a JDK from 24 on reports at every start.
hush = $(if $(filter-out 22 23,$(version)),--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)
MVN  = JAVA_HOME=$(JDK) MAVEN_OPTS="$$MAVEN_OPTS $(hush)" \
       $(if $(shell command -v mvn),mvn,./mvnw) --batch-mode --no-transfer-progress

# All lines of Surefire, of other plugins only errors; no stack trace for a program that exits with 1.
TESTS_ONLY = -Dorg.slf4j.simpleLogger.defaultLogLevel=error -Dorg.slf4j.simpleLogger.log.org.apache.maven.plugin.surefire=info
NO_TRACE   = -Dorg.slf4j.simpleLogger.log.org.codehaus.mojo.exec=off

# The last lines tell which tests were skipped, and why.
BEGIN_TESTS = mkdir -p target; touch target/tests-began;
END_TESTS   = ; status=$$?; .ci/skipped target/tests-began; exit $$status

# Instructions and cache misses for each operation, if perf(1) can count them on this machine.
PERF = $(shell perf stat -x, -e instructions true 2>&1 | grep -q '^[0-9]' && echo -prof perfnorm)

# 10,000 connections need as many descriptors on either side. JMH measures a JVM, this measures a server, so `make bench` ends with it.
MEASURE = ulimit -n $$(ulimit -Hn); $(MVN) --quiet $(NO_TRACE) -Pbench test-compile exec:exec@$(1) -Dcompare.args='$(2)'
COMPARE = $(call MEASURE,compare,$(1))
BRIEFLY = --server c,nio,chagres --load ping-pong-64x64

# Each state has a loop, and each loop has descriptors: not too many states at a time.
STRIDES = -r jcstress -strideSize 32 -strideCount 8

# The classes whose mistakes cost most, and the tests that should notice them. A floor takes from a quarter of an hour to an hour.
MUTANTS_loop   = $(addprefix io.chagres.loop.internal.,ClosingList Mailbox PendingQueue PhaseList Poller Residents TickQueue Timers Watcher)
MUTANTS_socket = $(addprefix io.chagres.socket.,Acceptor SpareDescriptor WriteQueue WriteRequest)
MUTANTS_stream = $(addprefix io.chagres.stream.,ReadableState WritableState)
MUTANTS_net    = $(addprefix io.chagres.net.,ConnectAttempts Connection IdleTimeout Opening)
NOTICE_loop    = io.chagres.loop.*Test
NOTICE_socket  = io.chagres.socket.*Test
NOTICE_stream  = io.chagres.stream.*Test
NOTICE_net     = io.chagres.net.Socket*Test
MUTANTS        = $(MUTANTS_$(FLOOR))
NOTICE         = $(NOTICE_$(FLOOR))

comma  = ,
commas = $(subst $() $(),$(comma),$(1))

COMPILED = target/compiled
VERSION  = $(shell sed -n 's,^  <version>\(.*\)</version>,\1,p' pom.xml)

# The checks of the labs need no library, so they are compiled without Maven.
LAB_CHECKS = $(filter-out %Test.java,$(wildcard src/test/java/io/chagres/labs/*.java))

# The page is written when the program ends.
TRACED = -Dchagres.trace=target/watch/$(EXAMPLE).html -Dchagres.trace.sources=examples

# A cache is valid for these jars in this order; others may follow them. The JVM writes it when the trained server ends.
AOT_JARS = --enable-native-access=ALL-UNNAMED -cp target/chagres.jar:target/examples.jar
define TRAIN
$(JDK)/bin/java $(AOT_JARS) -XX:AOTCacheOutput=target/chagres.aot EchoServer 0 > target/aot.log 2>&1 & server=$$!; \
until grep -q listening target/aot.log || ! kill -0 $$server 2>&-; do sleep 0.1; done; \
echo hello | $(JDK)/bin/java $(AOT_JARS) EchoClient "$$(sed -n 's/^listening on .*://p' target/aot.log)" > target/aot-client.log; \
kill $$server; wait $$server; grep -q hello target/aot-client.log && [ -s target/chagres.aot ] || { cat target/aot.log; exit 1; }
endef

.NOTPARALLEL:
.PHONY: help run watch lab test test-old restarts format mutants bench stress compare latency many aot examples jar check-consumer bundle check-release check-api check-platforms check-testssl doc docs docs-check conformance api clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: $(COMPILED) ## start examples/EchoServer.java; ARGS="port host"
	@exec $(JDK)/bin/java --enable-native-access=ALL-UNNAMED -cp target/classes examples/EchoServer.java $(ARGS)

watch: $(COMPILED) ## print the system calls of a server and a client, and draw them; EXAMPLE=GracefulExit ARGS=9297 for another program
	@mkdir -p target/watch
	@exec $(JDK)/bin/java --enable-native-access=ALL-UNNAMED $(if $(filter-out Watch,$(EXAMPLE)),$(TRACED)) \
	    -cp target/classes examples/$(EXAMPLE).java $(ARGS)

lab: target/labs/checks ## check an exercise of the course, examples/labs/Lab3.java: N=3, or N=all; SOLUTION=yes checks the solution
	@exec $(JDK)/bin/java -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp target/classes:target/labs/checks \
	    io.chagres.labs.Labs '$(N)' $(if $(SOLUTION),solution,hole) target/labs/$(if $(SOLUTION),solution,hole)

test: ## run the tests; TEST=SomeTest for one class, TEST=SomeTest#method for one method
	@$(BEGIN_TESTS) $(MVN) $(TESTS_ONLY) $(if $(TEST),test -Dtest='$(TEST)',spotless:check test) $(END_TESTS)

test-old: ## run the tests in the ways of older systems: without critical calls (JDK 22, 23), then without epoll_pwait2(2); TEST=
	@failed=0; for ability in critical epoll_pwait2; do \
	    echo "without $$ability:"; \
	    $(MVN) $(TESTS_ONLY) test -Dchagres.test.without=$$ability $(if $(TEST),-Dtest='$(TEST)') || failed=1; \
	done; exit $$failed

restarts: ## restart the example 50 times under wrk and 500 held connections, by itself and under systemd's protocol; RESTARTS=10
	@$(MVN) $(TESTS_ONLY) test -Dtest=RestartTest -Dchagres.restarts=$(or $(RESTARTS),50) -Dchagres.held=500 \
	    -Djunit.jupiter.execution.timeout.testable.method.default=30m | grep -E "RestartTest:|ERROR|Tests run"

format: ## format the sources as `make test` requires
	@$(MVN) --quiet spotless:apply

mutants: ## let PIT break lines of a floor, and list those that its tests do not notice; FLOOR=loop, socket, stream or net; MUTANTS=classes NOTICE=tests
	@$(MVN) --quiet -Pmutants test-compile org.pitest:pitest-maven:mutationCoverage \
	    -Dmutants.classes='$(call commas,$(MUTANTS))' -Dmutants.tests='$(call commas,$(NOTICE))'
	@echo target/pit-reports/index.html

bench: ## run the JMH benchmarks; BENCH=regex, JMH_ARGS="-f 1 -wi 3"; results also in target/jmh.json
	@$(MVN) --quiet $(NO_TRACE) -Pbench test-compile exec:exec \
	    -Djmh.args='$(BENCH) -prof gc $(PERF) -rf json -rff target/jmh.json $(JMH_ARGS)'
	@$(if $(filter .,$(BENCH)),$(call COMPARE,$(BRIEFLY)))

stress: ## race two threads at each hand-over: jcstress, then whole loops; STRESS="-m default -t Mailbox", SECONDS=60 a race
	@ulimit -n $$(ulimit -Hn); \
	$(MVN) --quiet $(NO_TRACE) -Pstress test-compile exec:exec@jcstress -Djcstress.args='$(STRIDES) $(STRESS)' \
	    exec:exec@races -Draces.args='$(SECONDS)'

compare: ## compare with C, libuv, Netty, Node ...; ARGS="--load ping-pong-64x64 --server chagres,nio,c --rounds 5 --seconds 3"
	@$(call COMPARE,$(ARGS))

latency: ## measure the latency at a fixed rate, and the warm-up; ARGS="--server chagres,nio --rate 40000 --seconds 30 --gc g1,zgc --aot"
	@$(call MEASURE,latency,$(ARGS))

many: ## hold idle connections, as many as the descriptors allow, and measure them; ARGS="200000 --server chagres,nio,c --pairs 10"
	@$(call MEASURE,many,$(ARGS))

aot: $(COMPILED) ## write target/chagres.aot, a cache with which examples start sooner (JDK 25)
	@[ $(version) -ge 25 ] || { echo "an AOT cache takes a JDK 25 or newer, and the newest found is $(version)"; exit 1; }
	@$(JDK)/bin/javac --release 22 -cp target/classes -d target/examples examples/*.java
	@$(JDK)/bin/jar --create --file target/chagres.jar -C target/classes .
	@$(JDK)/bin/jar --create --file target/examples.jar -C target/examples .
	@$(TRAIN)
	@echo '$(JDK)/bin/java $(AOT_JARS) -XX:AOTCache=target/chagres.aot EchoServer'

examples: $(COMPILED) ## compile the examples and list them
	@for file in examples/*.java; do \
	    $(JDK)/bin/javac --release 22 -cp target/classes -d target/examples "$$file" || exit 1; \
	    printf '%-36s %s\n' "$$file" "$$(sed -nE 's,^(/\*\*| \*) +([^*]*[^*/ ]).*,\2,p' "$$file" | head -n 1)"; \
	done

check-consumer: ## install the jar, then use it as a program does: class path, modules, jlink, AOT cache, and the project of README.md
	@$(MVN) --quiet -Dmaven.test.skip install
	@$(MVN) $(TESTS_ONLY) test -Dtest=ConsumerCheck -Dchagres.jar=target/chagres-$(VERSION).jar \
	    -Dchagres.mvn=$(or $(shell command -v mvn),$(CURDIR)/mvnw)

bundle: ## write what Maven Central takes, target/chagres-VERSION-bundle.zip, signed by gpg; KEY=0x1234 for another key than gpg's default
	@rm -rf target/bundle
	@$(MVN) --quiet -Prelease -Dmaven.test.skip $(if $(KEY),-Dgpg.keyname=$(KEY)) verify deploy:deploy \
	    -DaltDeploymentRepository=bundle::default::file://$(CURDIR)/target/bundle
	@find target/bundle -name 'maven-metadata.xml*' -delete
	@$(JDK)/bin/jar --create --no-manifest --file target/chagres-$(VERSION)-bundle.zip -C target/bundle .
	@echo target/chagres-$(VERSION)-bundle.zip

check-release: ## build this tree as a version in two folders: the same bytes, and a signed bundle that follows the rules of Maven Central
	@MVN='$(MVN)' JDK='$(JDK)' VERSION='$(VERSION)' sh src/test/sh/check-release.sh

check-api: ## compare the public API with that of the last tag: a patch version may not break a program; OLD=jar NEW=jar STRICT=true
	@MVN='$(MVN)' JDK='$(JDK)' VERSION='$(VERSION)' OLD='$(OLD)' NEW='$(NEW)' STRICT='$(STRICT)' sh src/test/sh/check-api.sh

check-platforms: ## run the tests of the lower floors on aarch64, riscv64 (by qemu), and JDK 26 and 27; MACHINES="host riscv64-jdk25"
	@$(MVN) --quiet test-compile dependency:copy-dependencies dependency:copy
	@bash src/test/sh/check-platforms.sh $(JDK) $(MACHINES)

check-testssl: ## let testssl.sh examine a server with the default options; it takes minutes
	@$(MVN) $(TESTS_ONLY) test -Dtest=ScanCheck

jar: ## write the jar, target/chagres-VERSION.jar; `mvn -Dmaven.test.skip install` puts it into the local repository
	@$(MVN) --quiet -Dmaven.test.skip package
	@echo target/chagres-$(VERSION).jar

doc: ## write the API documentation
	@$(MVN) --quiet compile javadoc:javadoc
	@echo target/reports/apidocs/index.html

docs: ## produce the code, traces, diagrams and links of README.md and docs/, and the recorded runs of the course
	@$(MVN) --quiet $(NO_TRACE) test-compile exec:exec@docs
	@git status --short README.md docs

docs-check: ## check that all these are up to date; `make test` does it, too
	@$(MVN) $(TESTS_ONLY) test -Dtest='io.chagres.docs.*Test'

conformance: ## write docs/CONFORMANCE.md from the tests' @Covers and the tables beside them
	@$(MVN) --quiet $(NO_TRACE) test-compile exec:exec@conformance
	@echo docs/CONFORMANCE.md

api: ## write docs/api.txt, the public signatures
	@$(MVN) --quiet $(NO_TRACE) test-compile exec:exec@api
	@echo docs/api.txt

clean: ## remove everything that was built
	@rm -rf target

target/labs/checks: $(COMPILED) $(LAB_CHECKS)
	@$(JDK)/bin/javac --release 22 -cp target/classes -d $@ $(LAB_CHECKS)
	@touch $@

$(COMPILED): pom.xml $(shell find src/main -type f)
	@$(MVN) --quiet compile >&2
	@touch $@
