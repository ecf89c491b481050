package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import io.chagres.sys.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HangGuard.class)
class SystemExceptionTest {

    @Test
    @Covers("libuv:error_message")
    void aKnownErrorHasItsText() {
        assertEquals(
                "open EINVAL: invalid argument",
                SystemException.described(Errno.EINVAL, "open", null, 0).getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {1337, -1337})
    @Covers("libuv:error_message")
    void theTextOfAnUnknownErrorHasItsNumber(int errno) {
        SystemException error = SystemException.of(errno, "open");
        assertEquals("Unknown system error -1337", error.code());
        assertEquals("open Unknown system error -1337", error.getMessage());
        assertEquals(1337, error.errno());
    }

    @ParameterizedTest
    @CsvSource({"1, EPERM", "32, EPIPE", "22, EINVAL", "34, ERANGE", "13, EACCES"})
    @Covers("libuv:sys_error")
    void aNegativeErrnoGivesTheSameException(int errno, String code) {
        for (int sign : new int[] {1, -1}) {
            SystemException error = SystemException.of(sign * errno, "read");
            assertEquals(code, error.code());
            assertEquals(errno, error.errno());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Integer.MAX_VALUE})
    @Covers("libuv:sys_error")
    void aResultThatIsNoErrorPassesTheCheck(int result) {
        assertEquals(result, SystemException.check(result, "read"));
    }

    @Test
    void aNegativeResultIsThrownAtTheCaller() {
        SystemException error = assertThrows(SystemException.class, () -> SystemException.check(-Errno.EACCES, "bind"));
        assertEquals("bind EACCES: permission denied", error.getMessage());
        assertEquals("EACCES", error.code());
        assertEquals(Errno.EACCES, error.errno());
        assertEquals("bind", error.syscall());
        assertTrue(error.getStackTrace().length > 0);
    }

    @Test
    void anErrorThatALoopReportsLaterHasNoStackTrace() {
        assertEquals(0, SystemException.of(Errno.ECONNRESET, "read").getStackTrace().length);
        assertEquals(
                0, SystemException.at(Errno.ECONNREFUSED, "connect", "::1", 80).getStackTrace().length);
        assertEquals(
                0,
                SystemException.described(Errno.EADDRINUSE, "listen", "::", 80).getStackTrace().length);
    }

    @Test
    void theShortFormNamesCallAndCode() {
        SystemException error = SystemException.of(-Errno.ECONNRESET, "read");
        assertEquals("read ECONNRESET", error.getMessage());
        assertNull(error.address());
        assertEquals(0, error.port());
    }

    @Test
    void anAddressAndAPortStandAtTheEnd() {
        SystemException error = SystemException.at(-Errno.ECONNREFUSED, "connect", "127.0.0.1", 80);
        assertEquals("connect ECONNREFUSED 127.0.0.1:80", error.getMessage());
        assertEquals("ECONNREFUSED", error.code());
        assertEquals(111, error.errno());
        assertEquals("connect", error.syscall());
        assertEquals("127.0.0.1", error.address());
        assertEquals(80, error.port());
    }

    @ParameterizedTest
    @CsvSource({
        "::1,         80, 'connect ETIMEDOUT ::1:80'",
        "/tmp/a.sock,  0, 'connect ETIMEDOUT /tmp/a.sock'",
        "/tmp/a.sock, -1, 'connect ETIMEDOUT /tmp/a.sock'",
    })
    void anUnknownPortIsLeftOut(String address, int port, String message) {
        assertEquals(
                message,
                SystemException.at(Errno.ETIMEDOUT, "connect", address, port).getMessage());
    }

    @Test
    void theLongFormHasTheDescription() {
        assertEquals(
                "listen EADDRINUSE: address already in use :::80",
                SystemException.described(-Errno.EADDRINUSE, "listen", "::", 80).getMessage());
        assertEquals(
                "listen EACCES: permission denied /tmp/a.sock",
                SystemException.described(-Errno.EACCES, "listen", "/tmp/a.sock", -1)
                        .getMessage());
    }
}
