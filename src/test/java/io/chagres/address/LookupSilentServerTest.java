package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Waits;
import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A name server that never answers. It is a UDP socket on port 53 in a network namespace, whose resolv.conf(5) names it: unshare(1). If
 * there can be no namespace, the test is skipped.
 */
@ExtendWith(HangGuard.class)
@Tag("host")
class LookupSilentServerTest {

    private static final int NO_NAMESPACE = 77;
    private static final String ENTER = "{ ip link set lo up && mount --bind \"$1\" /etc/resolv.conf"
            + " && mount --bind \"$2\" /etc/nsswitch.conf; } || exit " + NO_NAMESPACE + "; shift 2; exec \"$@\"";

    @Test
    void aNameServerThatNeverAnswersDelaysNoWorkAndNoEndOfTheProcess(@TempDir Path folder) throws Exception {
        Program.require("unshare");
        Program.require("ip");
        Path resolver = Files.writeString(
                folder.resolve("resolv.conf"), "nameserver 127.0.0.1\noptions timeout:30 attempts:5\n");
        Path order = Files.writeString(folder.resolve("nsswitch.conf"), "hosts: files dns\n");
        List<String> command = new ArrayList<>(
                List.of("unshare", "--net", "--mount", "sh", "-c", ENTER, "sh", resolver.toString(), order.toString()));
        command.addAll(ForkedJvm.command(Asking.class));
        ForkedJvm.Outcome outcome = ForkedJvm.run(command);
        assumeFalse(
                outcome.status() == NO_NAMESPACE || outcome.output().startsWith("unshare:"),
                () -> "no namespace here: " + outcome.output());
        assertEquals(new ForkedJvm.Outcome(0, """
            localhost is found while 4 workers are busy
            4 lookups wait for the name server, 4 for a thread
            100 jobs are done, 0 lookups
            main returns"""), outcome);
    }

    /** The program in the namespace. It leaves its loop and the name server open, so that the lookups still wait when it ends. */
    static final class Asking {

        private static final int LOOKUPS = 8;
        private static final int JOBS = 100;

        private static final Loop loop = new Loop();
        private static int answers;
        private static int done;

        public static void main(String[] arguments) throws Exception {
            ForkedJvm.haltAfter(60);
            DatagramSocket server = new DatagramSocket(new InetSocketAddress("127.0.0.1", 53));
            lookUpBesideWork();
            workBesideLookups(server);
            System.out.println("main returns");
        }

        private static void lookUpBesideWork() throws InterruptedException {
            int workers = Work.metrics().maxThreads();
            CountDownLatch begun = new CountDownLatch(workers);
            CountDownLatch mayEnd = new CountDownLatch(1);
            for (int i = 0; i < workers; i++) {
                Work.submit(
                        loop,
                        () -> {
                            begun.countDown();
                            Waits.await(mayEnd);
                            return null;
                        },
                        (nothing, error) -> {});
            }
            Waits.await(begun);
            Lookup.address(loop, "localhost", LookupOptions.defaults(), (found, error) -> {
                System.out.println("localhost is " + (error == null ? "found" : error.getMessage()) + " while "
                        + Work.metrics().busyThreads() + " workers are busy");
                mayEnd.countDown();
            });
            loop.run();
        }

        private static void workBesideLookups(DatagramSocket server) throws Exception {
            for (int i = 0; i < LOOKUPS; i++) {
                Lookup.address(loop, "name" + i + ".test", LookupOptions.defaults(), (found, error) -> answers++);
            }
            awaitQuestions(server, Lookup.metrics().maxThreads());
            System.out.println(Lookup.metrics().busyThreads() + " lookups wait for the name server, "
                    + Lookup.metrics().waitingJobs() + " for a thread");
            for (int i = 0; i < JOBS; i++) {
                Work.submit(loop, () -> null, (nothing, error) -> {
                    if (++done == JOBS) {
                        loop.stop();
                    }
                });
            }
            loop.run();
            System.out.println(done + " jobs are done, " + answers + " lookups");
        }

        /** Waits until the name server has received questions for {@code count} names: so many threads wait in libc. */
        private static void awaitQuestions(DatagramSocket server, int count) throws Exception {
            server.setSoTimeout(30_000);
            Set<String> names = new HashSet<>();
            while (names.size() < count) {
                DatagramPacket question = new DatagramPacket(new byte[512], 512);
                server.receive(question);
                int length = question.getData()[12]; // RFC 1035, 4.1: the first label follows a header of 12 bytes
                names.add(new String(question.getData(), 13, length, StandardCharsets.US_ASCII));
            }
        }
    }
}
