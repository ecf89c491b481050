package io.chagres.trace.text;

import io.chagres.sys.Call;
import io.chagres.sys.Epoll;
import io.chagres.sys.EpollEvent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The arguments of epoll(7) and eventfd(2). */
final class EpollText {

    private static final int OP = 1;

    private static final FlagNames OPS = new FlagNames("EPOLL_CTL_???")
            .with("EPOLL_CTL_ADD", Epoll.EPOLL_CTL_ADD)
            .with("EPOLL_CTL_DEL", Epoll.EPOLL_CTL_DEL)
            .with("EPOLL_CTL_MOD", Epoll.EPOLL_CTL_MOD);

    private static final FlagNames EVENTS = new FlagNames("EPOLL???")
            .with("EPOLLIN", Epoll.EPOLLIN)
            .with("EPOLLPRI", Epoll.EPOLLPRI)
            .with("EPOLLOUT", Epoll.EPOLLOUT)
            .with("EPOLLNVAL", 0x20)
            .with("EPOLLRDNORM", 0x40)
            .with("EPOLLRDBAND", 0x80)
            .with("EPOLLWRNORM", 0x100)
            .with("EPOLLWRBAND", 0x200)
            .with("EPOLLMSG", 0x400)
            .with("EPOLLERR", Epoll.EPOLLERR)
            .with("EPOLLHUP", Epoll.EPOLLHUP)
            .with("EPOLLRDHUP", Epoll.EPOLLRDHUP)
            .with("EPOLLEXCLUSIVE", Epoll.EPOLLEXCLUSIVE)
            .with("EPOLLWAKEUP", 1 << 29)
            .with("EPOLLONESHOT", Epoll.EPOLLONESHOT)
            .with("EPOLLET", 0x8000_0000L);

    private static final FlagNames EVENTFD = new FlagNames("EFD_???")
            .with("EFD_SEMAPHORE", 1)
            .with("EFD_CLOEXEC", 0x80000)
            .with("EFD_NONBLOCK", 0x800);

    private static final FlagNames CREATE = new FlagNames("EPOLL_???").with("EPOLL_CLOEXEC", Epoll.EPOLL_CLOEXEC);

    private EpollText() {}

    static Argument createFlags(int index) {
        return (call, out) -> out.add(CREATE.bits(call.number(index)));
    }

    static Argument eventFlags(int index) {
        return (call, out) -> out.add(EVENTFD.bits(call.number(index)));
    }

    static void op(Call call, Line out) {
        out.add(OPS.name(call.number(OP)));
    }

    /** The event of epoll_ctl, which EPOLL_CTL_DEL ignores. */
    static Argument event(int index) {
        return (call, out) -> {
            if (call.number(OP) == Epoll.EPOLL_CTL_DEL) {
                Argument.pointer(index).print(call, out);
            } else {
                Argument.in(index, (same, line) -> event(call.memory(index, EpollEvent.BYTES), 0, line))
                        .print(call, out);
            }
        };
    }

    /** The events that epoll_wait has returned. */
    static Argument events(int index) {
        return Argument.out(index, (call, out) -> {
            MemorySegment events = call.memory(index, out.outcome() * EpollEvent.BYTES);
            out.array(out.outcome(), i -> event(events, i, out));
        });
    }

    private static void event(MemorySegment events, int index, Line out) {
        long data = EpollEvent.data(events, index);
        out.add("{events=").add(EVENTS.bits(Integer.toUnsignedLong(EpollEvent.events(events, index))));
        out.add(", data={u32=").add(data & 0xffff_ffffL);
        out.add(", u64=").add(Long.toUnsignedString(data)).add("}}");
    }

    /** The {@code struct timespec} of epoll_pwait2. */
    static Argument time(int index) {
        return Argument.in(index, (call, out) -> {
            MemorySegment time = call.memory(index, 2L * Long.BYTES);
            out.add("{tv_sec=").add(time.get(ValueLayout.JAVA_LONG, 0));
            out.add(", tv_nsec=")
                    .add(time.get(ValueLayout.JAVA_LONG, Long.BYTES))
                    .add("}");
        });
    }
}
