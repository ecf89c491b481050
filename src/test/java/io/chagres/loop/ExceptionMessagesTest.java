package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.sys.Errno;
import org.junit.jupiter.api.Test;

/** The texts are Node's. */
class ExceptionMessagesTest {

    @Test
    void anErrorThatTheLoopReportsNamesTheCall() {
        SystemException error = SystemException.of(Errno.ECONNRESET, "read");
        assertEquals("read ECONNRESET", error.getMessage());
        assertEquals("ECONNRESET", error.code());
        assertEquals(Errno.ECONNRESET, error.errno());
        assertEquals("read", error.syscall());
        assertNull(error.address());
        assertEquals(0, error.port());
        assertEquals(0, error.getStackTrace().length);
    }

    @Test
    void anErrorAtAPlaceNamesThePlace() {
        SystemException error = SystemException.at(Errno.ECONNREFUSED, "connect", "127.0.0.1", 80, "");
        assertEquals("connect ECONNREFUSED 127.0.0.1:80", error.getMessage());
        assertEquals("127.0.0.1", error.address());
        assertEquals(80, error.port());
        assertEquals("connect ENOENT /no/such detail",
            SystemException.at(Errno.ENOENT, "connect", "/no/such", 0, " detail").getMessage());
    }

    @Test
    void aDescribedErrorSaysWhatTheNumberMeans() {
        assertEquals("listen EADDRINUSE: address already in use 127.0.0.1:80",
            SystemException.described(Errno.EADDRINUSE, "listen", "127.0.0.1", 80).getMessage());
        assertEquals("listen EADDRINUSE: address already in use",
            SystemException.described(Errno.EADDRINUSE, "listen", null, 0).getMessage());
    }

    @Test
    void checkPassesResultsAndThrowsErrors() {
        assertEquals(7, SystemException.check(7, "bind"));
        SystemException error = assertThrows(SystemException.class, () -> SystemException.check(-Errno.EACCES, "bind"));
        assertEquals("bind EACCES: permission denied", error.getMessage());
        assertEquals(Errno.EACCES, error.errno());
        assertTrue(error.getStackTrace().length > 0);
    }

    @Test
    void aUsageExceptionNamesTheArgument() {
        UsageException error = assertThrows(UsageException.class, () -> UsageException.requireArgument(null, "task"));
        assertEquals("EINVAL", error.code());
        assertEquals("task must not be null", error.getMessage());
        assertTrue(error.getStackTrace().length > 0);
        assertSame("a", UsageException.requireArgument("a", "task"));
    }

    @Test
    void anErrorOfTheLoopsOwnHasACodeAndNoStackTrace() {
        ChagresException error = new ChagresException("ERR_STREAM_DESTROYED", "it was destroyed");
        assertEquals("ERR_STREAM_DESTROYED", error.code());
        assertEquals(0, error.getStackTrace().length);
    }
}
