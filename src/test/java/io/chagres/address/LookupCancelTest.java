package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.Gate;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Timer;
import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.WorkerPool;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Lookups that wait for a thread are cancelled. Their callbacks are called all the same. */
@ExtendWith(LoopFixture.class)
class LookupCancelTest {

    private static final SocketAddress ADDRESS = new SocketAddress("127.0.0.1", 80);

    private final List<String> calls = new ArrayList<>();
    private final Gate mayEnd = new Gate();

    private void keep(Object found, Throwable failure) {
        assertNull(found);
        SystemException error = (SystemException) failure;
        calls.add(error.syscall() + " " + error.code());
    }

    @BeforeEach
    void occupyEveryThread(Loop loop) throws InterruptedException {
        Gate started = new Gate(WorkerPool.lookups().size());
        for (int i = 0; i < WorkerPool.lookups().size(); i++) {
            Work.submitLookup(
                    loop,
                    () -> {
                        started.open();
                        mayEnd.await();
                        return null;
                    },
                    (done, failure) -> {});
        }
        started.await();
    }

    private void cancel(Loop loop, List<Lookup> lookups) {
        lookups.forEach(lookup -> assertTrue(lookup.cancel()));
        lookups.forEach(lookup -> assertFalse(lookup.cancel(), "cancelled already"));
        assertEquals(List.of(), calls);
        mayEnd.open();
        loop.run();
    }

    @Test
    @Covers("libuv:threadpool_cancel_getaddrinfo")
    void aCancelledLookupOfAnAddressCallsBackWithEaiCanceled(Loop loop) {
        List<Lookup> lookups = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            lookups.add(Lookup.address(loop, "localhost", LookupOptions.defaults(), this::keep));
        }
        cancel(loop, lookups);
        assertEquals(Collections.nCopies(4, "getaddrinfo EAI_CANCELED"), calls);
    }

    @Test
    @Covers("libuv:threadpool_cancel_getnameinfo")
    void aCancelledLookupOfANameCallsBackWithEaiCanceled(Loop loop) {
        List<Lookup> lookups = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            lookups.add(Lookup.name(loop, ADDRESS, this::keep));
        }
        cancel(loop, lookups);
        assertEquals(Collections.nCopies(4, "getnameinfo EAI_CANCELED"), calls);
    }

    @Test
    void aDestroyedSocketCancelsItsLookupAndTheLoopEndsWhileTheThreadsAreBusy(Loop loop) {
        try (Loop own = new Loop()) {
            Timer.after(own, 20_000, () -> {
                        calls.add("it waits for a thread");
                        mayEnd.open();
                    })
                    .unref();
            Socket client = Net.connect(own, 9, "localhost");
            client.onLookup((address, family, host, error) -> calls.add("lookup"));
            client.onClose(hadError -> calls.add("close"));
            Timer.after(own, 1, client::destroy);
            own.run();
            assertEquals(List.of("close"), calls);
        }
        mayEnd.open();
        loop.run();
    }

    /** Otherwise the lookups of clients that have given up would fill the queue while a name server does not answer. */
    @Test
    void aCancelledLookupLeavesTheQueue(Loop loop) {
        int before = Lookup.metrics().waitingJobs();
        Lookup first = Lookup.address(loop, "localhost", LookupOptions.defaults(), this::keep);
        Lookup.address(loop, "127.0.0.1", LookupOptions.defaults(), (found, failure) -> calls.add("found"));
        assertEquals(before + 2, Lookup.metrics().waitingJobs());
        assertTrue(first.cancel());
        assertEquals(before + 1, Lookup.metrics().waitingJobs());
        mayEnd.open();
        loop.run();
        assertEquals(List.of("getaddrinfo EAI_CANCELED", "found"), calls);
    }

    @Test
    void aFinishedLookupCannotBeCancelled(Loop loop) {
        mayEnd.open();
        Lookup lookup =
                Lookup.address(loop, "127.0.0.1", LookupOptions.defaults(), (found, failure) -> calls.add("found"));
        loop.run();
        assertFalse(lookup.cancel());
        assertEquals(List.of("found"), calls);
    }
}
