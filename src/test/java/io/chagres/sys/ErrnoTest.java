package io.chagres.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.HangGuard;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HangGuard.class)
class ErrnoTest {

    /** The names that libuv has on every system and Linux does not know. */
    private static final Set<String> ELSEWHERE = Set.of("ECHARSET", "EFTYPE", "EOF", "UNKNOWN");

    private static final String LIBUV = """
            E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBUSY ECANCELED ECHARSET
            ECONNABORTED ECONNREFUSED ECONNRESET EDESTADDRREQ EEXIST EFAULT EFBIG EHOSTUNREACH EINTR EINVAL EIO EISCONN
            EISDIR ELOOP EMFILE EMSGSIZE ENAMETOOLONG ENETDOWN ENETUNREACH ENFILE ENOBUFS ENODEV ENOENT ENOMEM ENONET
            ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTSOCK ENOTSUP EOVERFLOW EPERM EPIPE EPROTO
            EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESHUTDOWN ESPIPE ESRCH ETIMEDOUT ETXTBSY EXDEV UNKNOWN EOF ENXIO
            EMLINK EHOSTDOWN EREMOTEIO ENOTTY EFTYPE EILSEQ ESOCKTNOSUPPORT ENODATA EUNATCH ENOEXEC""";

    private static Map<String, Integer> constants() {
        Map<String, Integer> constants = new TreeMap<>();
        for (Field field : Errno.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers())) {
                constants.put(field.getName(), value(field));
            }
        }
        return constants;
    }

    private static int value(Field field) {
        try {
            return field.getInt(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyNameOfLibuvThatLinuxHasIsThere() {
        Set<String> missing = new TreeSet<>(Set.of(LIBUV.split("\\s+")));
        missing.removeAll(ELSEWHERE);
        missing.removeAll(constants().keySet());
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyConstantHasItsNumberNameAndMessage() {
        constants().forEach((name, errno) -> {
            assertEquals(errno, Errno.number(name));
            assertEquals(errno, Errno.number(Errno.name(errno)));
            assertEquals(Errno.name(errno), Errno.name(-errno));
            assertEquals(Errno.message(errno), Errno.message(-errno));
            assertTrue(Errno.message(errno).matches("[a-z].*[a-z]"), name);
        });
    }

    @Test
    void theCLibraryHasTheSameNamesForTheNumbers() throws Throwable {
        MethodHandle strerrorname = strerrorname();
        for (int errno = 1; errno <= 133; errno++) {
            String ours = Errno.name(errno);
            String theirs = name((MemorySegment) strerrorname.invokeExact(errno));
            if (!ours.startsWith("Unknown")) {
                assertEquals(theirs.replace("EOPNOTSUPP", "ENOTSUP"), ours);
            }
        }
    }

    /** glibc 2.32. */
    private static MethodHandle strerrorname() {
        MemorySegment function =
                Linker.nativeLinker().defaultLookup().find("strerrorname_np").orElse(null);
        assumeTrue(function != null);
        return Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    private static String name(MemorySegment string) {
        return string.address() == 0 ? "none" : string.reinterpret(64).getString(0);
    }

    @Test
    void theMessagesAreThoseOfNode() {
        assertEquals("address already in use", Errno.message(Errno.EADDRINUSE));
        assertEquals("connection refused", Errno.message(Errno.ECONNREFUSED));
        assertEquals("connection reset by peer", Errno.message(-Errno.ECONNRESET));
        assertEquals("broken pipe", Errno.message(-Errno.EPIPE));
        assertEquals("no such file or directory", Errno.message(Errno.ENOENT));
        assertEquals("permission denied", Errno.message(Errno.EACCES));
        assertEquals("resource temporarily unavailable", Errno.message(Errno.EAGAIN));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 41, 58, 133, 134, 512, -4095, Integer.MAX_VALUE})
    void aNumberWithoutANameIsWrittenAsANumber(int errno) {
        String expected = "Unknown system error " + -Math.abs(errno);
        assertEquals(expected, Errno.name(errno));
        assertEquals(expected, Errno.message(errno));
        assertEquals(expected, Errno.message(-errno));
    }

    @Test
    void theSmallestIntHasAName() {
        assertEquals("Unknown system error -2147483648", Errno.name(Integer.MIN_VALUE));
    }

    @Test
    void aNameWithoutANumberIsZero() {
        assertEquals(0, Errno.number("ENOSUCHTHING"));
        assertEquals(0, Errno.number(""));
        assertEquals(Errno.EAGAIN, Errno.number("EWOULDBLOCK"));
        assertEquals(95, Errno.number("EOPNOTSUPP"));
    }
}
