package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.ChagresException;
import io.chagres.fixture.FlightRecording;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Waits;
import io.chagres.handle.Work;
import io.chagres.handle.WorkerMetrics;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The queues of Work and of lookups, each with one thread and two places; in a separate JVM, because a process has one of each. */
@ExtendWith(HangGuard.class)
@Tag("host")
class WorkQueueFullTest {

    private static final String[] SMALL = {
        "-Dio.chagres.workers=1",
        "-Dio.chagres.workers.queue=2",
        "-Dio.chagres.lookups=1",
        "-Dio.chagres.lookups.queue=2"
    };

    @Test
    void aJobForWhichTheQueueHasNoPlaceCallsBackWithTheLimit() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, """
            Work (refused), cancel false
            third: ERR_WORK_QUEUE_FULL the queue of the workers is full: 2 jobs wait (io.chagres.workers.queue)
            waiting 2 of 2, refused 1
            first: ECANCELED work ECANCELED
            busy: done
            second: done
            fourth: done
            alive false"""), ForkedJvm.run(FullOfWork.class, SMALL));
    }

    @Test
    void aLookupForWhichTheQueueHasNoPlaceFailsWithEaiAgain() throws Exception {
        String cause = "ERR_WORK_QUEUE_FULL the queue of the lookups is full: 2 jobs wait (io.chagres.lookups.queue)";
        assertEquals(new ForkedJvm.Outcome(0, """
            address: EAI_AGAIN getaddrinfo EAI_AGAIN localhost
              CAUSE
            name: EAI_AGAIN getnameinfo EAI_AGAIN 127.0.0.1
              CAUSE
            connect: EAI_AGAIN getaddrinfo EAI_AGAIN localhost
              CAUSE
            listen: EAI_AGAIN getaddrinfo EAI_AGAIN localhost
              CAUSE
            waiting 2 of 2, refused 4
            busy: done
            first: done
            second: done
            events: 4 of lookups, 1 threads, 2 jobs wait""".replace("CAUSE", cause)), ForkedJvm.run(FullOfLookups.class, SMALL));
    }

    /** Prints what arrives. */
    private static void print(String name, Throwable error) {
        if (error instanceof ChagresException known) {
            System.out.println(name + ": " + known.code() + " " + known.getMessage());
            if (known.getCause() instanceof ChagresException cause) {
                System.out.println("  " + cause.code() + " " + cause.getMessage());
            }
        } else {
            System.out.println(name + ": " + (error == null ? "done" : error.toString()));
        }
    }

    private static void print(WorkerMetrics metrics) {
        System.out.println("waiting " + metrics.waitingJobs() + " of " + metrics.maxWaitingJobs() + ", refused "
                + metrics.refusedJobs());
    }

    /** The program of a JVM. */
    static final class FullOfWork {

        public static void main(String[] arguments) throws Exception {
            CountDownLatch mayEnd = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            try (Loop loop = new Loop()) {
                Work.submit(
                        loop,
                        () -> {
                            begun.countDown();
                            Waits.await(mayEnd);
                            return null;
                        },
                        (done, error) -> print("busy", error));
                Waits.await(begun);
                Work<?> first = Work.submit(loop, () -> null, (done, error) -> print("first", error));
                Work.submit(loop, () -> null, (done, error) -> print("second", error));
                Work<?> third = Work.submit(loop, () -> null, (done, error) -> print("third", error));
                System.out.println(third + ", cancel " + third.cancel());
                loop.run(RunMode.NOWAIT);
                print(Work.metrics());
                first.cancel();
                Work.submit(loop, () -> null, (done, error) -> print("fourth", error));
                loop.run(RunMode.NOWAIT);
                mayEnd.countDown();
                System.out.println("alive " + loop.run());
            }
        }
    }

    /** The program of a JVM. */
    static final class FullOfLookups {

        private static final LookupOptions PLAIN = LookupOptions.defaults();

        public static void main(String[] arguments) throws Exception {
            CountDownLatch mayEnd = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            try (Loop loop = new Loop();
                    FlightRecording recording = FlightRecording.of("WorkRefused")) {
                Work.submitLookup(
                        loop,
                        () -> {
                            begun.countDown();
                            Waits.await(mayEnd);
                            return null;
                        },
                        (done, error) -> print("busy", error));
                Waits.await(begun);
                Lookup.address(loop, "127.0.0.1", PLAIN, (found, error) -> print("first", error));
                Lookup.address(loop, "127.0.0.1", PLAIN, (found, error) -> print("second", error));
                SocketAddress address = new SocketAddress("127.0.0.1", 9);
                Lookup.address(loop, "localhost", PLAIN, (found, error) -> print("address", error));
                Lookup.name(loop, address, (found, error) -> print("name", error));
                Net.connect(loop, 9, "localhost").onError(error -> print("connect", error));
                Net.createServer(loop)
                        .onError(error -> print("listen", error))
                        .listen(ListenOptions.at("localhost", 0), null);
                loop.run(RunMode.NOWAIT);
                print(Lookup.metrics());
                mayEnd.countDown();
                loop.run();
                print(recording);
            }
        }

        private static void print(FlightRecording recording) {
            var events = recording.stop();
            System.out.println(
                    "events: " + events.size() + " of " + events.get(0).getString("pool") + ", "
                            + events.get(0).getInt("poolSize") + " threads, "
                            + events.get(0).getInt("maxJobsWaiting") + " jobs wait");
        }

        private static void print(WorkerMetrics metrics) {
            WorkQueueFullTest.print(metrics);
        }

        private static void print(String name, Throwable error) {
            WorkQueueFullTest.print(name, error);
        }
    }
}
