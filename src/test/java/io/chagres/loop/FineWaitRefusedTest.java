package io.chagres.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.handle.Timer;
import io.chagres.sys.Epoll;
import io.chagres.sys.Errno;
import io.chagres.sys.Faults;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A kernel without epoll_pwait2(2), or a seccomp(2) profile that refuses it with an errno that its author has chosen. */
@ExtendWith(HangGuard.class)
@Tag("host")
class FineWaitRefusedTest {

    private static final List<Integer> REFUSALS =
            List.of(Errno.ENOSYS, Errno.EPERM, Errno.EINVAL, Errno.ENOTSUP, Errno.EACCES);

    @Test
    void afterARefusedEpollPwait2TheLoopWaitsWithEpollWait() throws Exception {
        String first = Epoll.hasPwait2() ? ": refused once" : ": not refused";
        String each = first + ", timer, timer, not asked again";
        String expected = String.join(
                "\n", REFUSALS.stream().map(errno -> Errno.name(errno) + each).toList());
        assertEquals(new ForkedJvm.Outcome(0, expected), ForkedJvm.run(Refused.class));
    }

    static final class Refused {
        public static void main(String[] arguments) {
            Faults.install();
            REFUSALS.forEach(Refused::refuse);
        }

        private static void refuse(int errno) {
            StringBuilder says = new StringBuilder(Errno.name(errno)).append(':');
            try (Loop loop = new Loop()) {
                arm(errno);
                waitOften(loop);
                says.append(Faults.struck() ? " refused once, timer," : " not refused, timer,");
                arm(errno);
                waitOften(loop);
                says.append(Faults.struck() ? " timer, asked again" : " timer, not asked again");
            }
            Faults.arm(null);
            System.out.println(says);
        }

        /** Waits several times, because on a busy machine a timer may be due before the loop waits for it. */
        private static void waitOften(Loop loop) {
            for (int i = 0; i < 20; i++) {
                Timer.after(loop, 5, () -> {});
                loop.run();
            }
        }

        private static void arm(int errno) {
            Faults.arm(new Faults.Plan("epoll_pwait2", 0, epoll -> true, 1, -1, errno, false));
        }
    }
}
