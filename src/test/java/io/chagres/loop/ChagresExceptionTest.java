package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.fixture.HangGuard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class ChagresExceptionTest {

    @Test
    void aMissingArgumentIsNamed() {
        UsageException missing =
                assertThrows(UsageException.class, () -> UsageException.requireArgument(null, "callback"));
        assertEquals("EINVAL", missing.code());
        assertEquals("callback must not be null", missing.getMessage());
    }

    @Test
    void anArgumentThatIsNotNullIsReturned() {
        Object argument = new Object();
        assertSame(argument, UsageException.requireArgument(argument, "callback"));
    }

    @Test
    void theStackTraceOfAUsageExceptionBeginsAtTheCall() {
        UsageException wrong = new UsageException("EBUSY", "listen was called before");
        assertEquals("EBUSY", wrong.code());
        assertEquals("theStackTraceOfAUsageExceptionBeginsAtTheCall", wrong.getStackTrace()[0].getMethodName());
    }

    @Test
    void bothKindsAreUncheckedAndHaveACode() {
        ChagresException wrong = new UsageException("EINVAL", "");
        ChagresException refused = SystemException.of(1, "open");
        assertInstanceOf(RuntimeException.class, wrong);
        assertEquals("EINVAL", wrong.code());
        assertEquals("EPERM", refused.code());
        assertNull(refused.getCause());
    }

    @Test
    void anErrorThatALoopReportsCanHaveSuppressedOnesButNoStackTrace() {
        ChagresException error = new ChagresException("ERR_STREAM_DESTROYED", "the stream is destroyed");
        error.addSuppressed(new IllegalStateException());
        assertEquals("ERR_STREAM_DESTROYED", error.code());
        assertEquals("the stream is destroyed", error.getMessage());
        assertEquals(0, error.getStackTrace().length);
        assertEquals(1, error.getSuppressed().length);
    }
}
