package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.ChagresException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.loop.Loop;
import io.chagres.sys.Faults;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The C library's list of addresses is freed. The test runs in a JVM of its own, which counts the calls. */
@ExtendWith(HangGuard.class)
@Tag("host")
class LookupMemoryTest {

    @Test
    void eachListOfAddressesIsFreedOnce() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, """
            3 lists, 3 freed
            without a list: 1 more, 0 more freed"""), ForkedJvm.run(Counting.class));
    }

    /** The program of that JVM. */
    static final class Counting {

        public static void main(String[] arguments) {
            Faults.install();
            try (Loop loop = new Loop()) {
                Lookup.address(loop, "localhost", LookupOptions.defaults(), (found, failure) -> {});
                Lookup.address(
                        loop,
                        "127.0.0.1",
                        LookupOptions.defaults().hints(LookupOptions.Hint.AI_CANONNAME),
                        (found, failure) -> {});
                loop.run();
            }
            Lookup.addressNow("::1", LookupOptions.defaults());
            int lists = Faults.calls("getaddrinfo");
            int freed = Faults.calls("freeaddrinfo");
            System.out.println(lists + " lists, " + freed + " freed");
            fail();
            System.out.println("without a list: " + (Faults.calls("getaddrinfo") - lists) + " more, "
                    + (Faults.calls("freeaddrinfo") - freed) + " more freed");
        }

        private static void fail() {
            try {
                Lookup.addressNow("no such name", LookupOptions.defaults());
            } catch (ChagresException expected) {
                return;
            }
            throw new AssertionError("it was found");
        }
    }
}
