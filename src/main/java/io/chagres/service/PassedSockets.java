package io.chagres.service;

import static io.chagres.SystemException.check;

import io.chagres.UsageException;
import io.chagres.loop.internal.NonBlocking;
import io.chagres.socket.DescriptorKind;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Sockets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the variables of sd_listen_fds(3). */
final class PassedSockets {

    /** {@code SD_LISTEN_FDS_START}. */
    private static final int FIRST = 3;

    private static final int MAX = 1 << 20;
    private static final String UNNAMED = "unknown";

    private PassedSockets() {}

    static List<PassedSocket> of(Map<String, String> environment, long pid) {
        String count = environment.get("LISTEN_FDS");
        if (count == null || !Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return List.of();
        }
        int total = number(count);
        String[] names = names(environment.get("LISTEN_FDNAMES"), total);
        List<PassedSocket> sockets = new ArrayList<>();
        for (int i = 0; i < total; i++) {
            sockets.add(socket(names[i], FIRST + i));
        }
        return List.copyOf(sockets);
    }

    private static int number(String count) {
        try {
            return (int) UsageException.requireRange(Integer.parseInt(count), 0, MAX, "LISTEN_FDS");
        } catch (NumberFormatException wrong) {
            throw new UsageException("EINVAL", "LISTEN_FDS is no number: " + count);
        }
    }

    private static String[] names(@Nullable String list, int total) {
        String[] names = new String[total];
        Arrays.fill(names, UNNAMED);
        if (list != null && total > 0) {
            String[] given = list.split(":", -1);
            if (given.length != total) {
                throw new UsageException(
                        "EINVAL",
                        "LISTEN_FDNAMES has " + given.length + " names for " + total + " descriptors: " + list);
            }
            names = given;
        }
        return names;
    }

    /** Makes the descriptor close-on-exec, for the children of this process, and non-blocking, for all processes that have it. */
    private static PassedSocket socket(String name, int fd) {
        check(Descriptors.fcntl(fd, Descriptors.F_SETFD, Descriptors.FD_CLOEXEC), "fcntl", "LISTEN_FDS " + fd);
        NonBlocking.forGood(fd);
        boolean listens = Sockets.getsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_ACCEPTCONN) == 1;
        return new PassedSocket(name, fd, DescriptorKind.of(fd), listens);
    }
}
