package io.chagres.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.chagres.fixture.HangGuard;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class ObservedCallsTest {

    private static final int WRONG = -1;

    private final List<String> seen = new ArrayList<>();

    @AfterEach
    void endObservation() {
        ObservedCalls.setObserver(null);
    }

    private void observe() {
        ObservedCalls.setObserver(call -> seen.add(call.function() + " " + call.number(0) + " " + (int) call.result()));
    }

    @Test
    void anObserverSeesEachCallOnceWhicheverMemoryItHas() {
        observe();
        Sockets.shutdown(WRONG, 0);
        Sockets.recv(WRONG, MemorySegment.ofArray(new byte[8]), 8, 0);
        Sockets.recv(WRONG, Memory.allocate(8), 8, 0);
        try (Region region = Region.ofCall()) {
            Sockets.recv(WRONG, region.allocate(8), 8, 0);
        }
        assertEquals(List.of("shutdown -1 -1", "recv -1 -1", "recv -1 -1", "recv -1 -1"), seen);
    }

    @Test
    void withoutAnObserverEachHandleIsTheLinkedOne() throws Exception {
        Faults.linkAll();
        observe();
        LinkedFunctions.all().forEach(function -> assertNotSame(function.linked, function.handle, function.name));
        ObservedCalls.setObserver(null);
        LinkedFunctions.all().forEach(function -> assertSame(function.linked, function.handle, function.name));
    }

    @Test
    void aFunctionThatIsLinkedLaterIsObserved() {
        observe();
        CFunction abs = Libc.plain("abs");
        assertEquals(5, Libc.call(abs, -5, 0, 0));
        assertEquals(List.of("abs -5 5"), seen);
    }

    @Test
    void callsOfTheObserverAreNotSeenAndLeaveTheErrnoOfTheCall() {
        ObservedCalls.setObserver(call -> {
            seen.add(call.function());
            Sockets.socket(4711, Sockets.SOCK_STREAM, 0);
        });
        assertEquals(-Errno.EBADF, Sockets.shutdown(WRONG, 0));
        assertEquals(List.of("shutdown"), seen);
    }

    @Test
    void callsOfTheObserverLeaveTheValueOfAnOption() {
        int socket = Sockets.socket(Sockets.AF_INET, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0);
        ObservedCalls.setObserver(call -> Sockets.getsockopt(socket, Sockets.SOL_SOCKET, Sockets.SO_RCVBUF));
        assertEquals(Sockets.SOCK_STREAM, Sockets.getsockopt(socket, Sockets.SOL_SOCKET, Sockets.SO_TYPE));
        ObservedCalls.setObserver(null);
        Descriptors.close(socket);
    }

    @Test
    void anExceptionOfTheObserverGoesToTheUncaughtHandlerOfTheThread() {
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        List<Throwable> thrown = new ArrayList<>();
        thread.setUncaughtExceptionHandler((same, exception) -> thrown.add(exception));
        try {
            RuntimeException mistake = new IllegalStateException("a mistake");
            ObservedCalls.setObserver(call -> {
                throw mistake;
            });
            assertEquals(-Errno.EBADF, Sockets.shutdown(WRONG, 0));
            assertEquals(List.of(mistake), thrown);
        } finally {
            thread.setUncaughtExceptionHandler(before);
        }
    }

    @Test
    void theTextsOfErrorsAreThoseOfTheCLibrary() {
        assertEquals("Resource temporarily unavailable", CTexts.strerror(Errno.EAGAIN));
        assertEquals("Name or service not known", CTexts.gaiStrerror(NetDb.EAI_NONAME));
        assertEquals("Unknown error 4711", CTexts.strerror(4711));
    }
}
