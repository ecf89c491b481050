package io.chagres.service;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.sys.Cmsg;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The service manager of this process, systemd(1): the sockets that it has opened for the service, and the messages of sd_notify(3).
 *
 * <pre>{@code
 * Systemd systemd = Systemd.here();
 * server.listen(systemd.listener("http").orElse(ListenOptions.at(8080)), systemd::ready);
 * systemd.watchdog(loop);
 * Signal.on(loop, "TERM", () -> {
 *     systemd.stopping();
 *     server.close(Duration.ofSeconds(20));
 * }).unref();
 * }</pre>
 *
 * <p>Without systemd there are no sockets, and the messages go nowhere: the same program runs by hand. Any thread may call the methods,
 * except {@link #watchdog}.
 *
 * <p>A message waits while the manager's socket is full, which takes ten messages that the manager has not read ({@code
 * net.unix.max_dgram_qlen}). Those of the watchdog do not wait: the next one follows anyway.
 *
 * <p>Java cannot change its own environment: the variables stay, and a child process inherits them. LISTEN_PID keeps it from taking the
 * sockets for its own. A child that must not send messages gets no NOTIFY_SOCKET: {@code builder.environment().remove("NOTIFY_SOCKET")}.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html">sd_listen_fds(3)</a>
 * @see <a href="https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>
 */
public final class Systemd {

    private static final long MICROS_PER_MILLI = 1000;
    private static final long NANOS_PER_MICRO = 1000;

    private final Map<String, String> environment;
    private final @Nullable NotifySocket manager;
    private @Nullable List<PassedSocket> sockets;

    private Systemd(Map<String, String> environment) {
        this.environment = environment;
        String address = environment.get("NOTIFY_SOCKET");
        manager = address == null || address.isEmpty() ? null : new NotifySocket(address);
    }

    /**
     * Returns the manager of this process, according to its environment variables.
     *
     * @throws UsageException EINVAL if NOTIFY_SOCKET is no name of a Unix socket
     */
    public static Systemd here() {
        return of(System.getenv());
    }

    /** Returns the manager that these environment variables describe, for tests. */
    public static Systemd of(Map<String, String> environment) {
        return new Systemd(Map.copyOf(UsageException.requireArgument(environment, "environment")));
    }

    /** Returns whether the manager wants messages: NOTIFY_SOCKET is set. */
    public boolean isPresent() {
        return manager != null;
    }

    // ---- sockets

    /**
     * Returns the descriptors that the manager has passed to this process, in its order; an empty list if LISTEN_PID is not this process.
     * The first call makes them close-on-exec, and non-blocking for all processes that have them.
     *
     * @throws UsageException EINVAL if LISTEN_FDS is no number, or LISTEN_FDNAMES does not have as many names
     * @throws SystemException EBADF if a descriptor is not open
     */
    public synchronized List<PassedSocket> sockets() {
        List<PassedSocket> known = sockets;
        if (known == null) {
            known = PassedSockets.of(environment, ProcessHandle.current().pid());
            sockets = known;
        }
        return known;
    }

    /**
     * Returns where a server listens on the passed socket of that name; empty if there is none. With {@code Accept=no} in the socket unit,
     * the default, the manager passes the listening socket. It keeps a descriptor of its own: connections wait in the backlog while the
     * service restarts, and none is lost.
     *
     * @param name the FileDescriptorName of the socket unit, by default the name of the unit, as in "http.socket"
     * @throws UsageException EINVAL if several sockets have the name, see {@link #sockets()}; or the socket does not listen
     */
    public Optional<ListenOptions> listener(String name) {
        UsageException.requireArgument(name, "name");
        List<PassedSocket> named =
                sockets().stream().filter(socket -> socket.name().equals(name)).toList();
        if (named.size() > 1) {
            throw new UsageException("EINVAL", "there are " + named.size() + " passed sockets named " + name);
        }
        if (!named.isEmpty() && !named.getFirst().isListening()) {
            throw new UsageException("EINVAL", "the passed socket does not listen: " + named.getFirst());
        }
        return named.stream().findFirst().map(socket -> ListenOptions.atFd(socket.fd()));
    }

    // ---- messages

    /** Sends {@code READY=1}: the service serves. With {@code Type=notify}, units that depend on it start now. */
    public void ready() {
        send("READY=1");
    }

    /** Sends {@code STOPPING=1}: the service shuts down. */
    public void stopping() {
        send("STOPPING=1");
    }

    /** Sends {@code RELOADING=1} with the time, as {@code Type=notify-reload} wants it. {@link #ready()} must follow. */
    public void reloading() {
        // nanoTime is CLOCK_MONOTONIC on Linux
        send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / NANOS_PER_MICRO);
    }

    /**
     * Sends one line for the humans who read systemctl status.
     *
     * @throws UsageException EINVAL if {@code text} has several lines
     */
    public void status(String text) {
        if (UsageException.requireArgument(text, "text").contains("\n")) {
            throw new UsageException("EINVAL", "a status is one line. Received " + text);
        }
        send("STATUS=" + text);
    }

    /** Names another process as the main one of the service, for example the new one of a {@link Handover}. Needs {@code NotifyAccess=all}. */
    public void mainPid(long pid) {
        send("MAINPID=" + UsageException.requireRange(pid, 1, Integer.MAX_VALUE, "pid"));
    }

    /**
     * Leaves descriptors with the manager, which passes them to the next process of the service: {@code FDSTORE=1}. The unit needs
     * {@code FileDescriptorStoreMax=}. The descriptors of this process stay open.
     *
     * @param name without a colon, at most 255 ASCII characters
     * @param descriptors 1 to 253 of them
     * @throws UsageException EINVAL
     * @throws SystemException EBADF and others of sendmsg(2)
     */
    public void store(String name, List<Integer> descriptors) {
        requireName(name);
        int count = UsageException.requireArgument(descriptors, "descriptors").size();
        if (count < 1 || count > Cmsg.MAX_FDS) {
            throw new UsageException("EINVAL", "1 to " + Cmsg.MAX_FDS + " descriptors are wanted. Received " + count);
        }
        if (manager != null) {
            int[] fds = descriptors.stream().mapToInt(Integer::intValue).toArray();
            manager.send("FDSTORE=1\nFDNAME=" + name, fds, 0);
        }
    }

    /** Lets the manager close the descriptors that were {@linkplain #store stored} under {@code name}. */
    public void removeStored(String name) {
        requireName(name);
        send("FDSTOREREMOVE=1\nFDNAME=" + name);
    }

    private static void requireName(String name) {
        boolean isPlain = UsageException.requireArgument(name, "name")
                .chars()
                .allMatch(letter -> letter > ' ' && letter < 127 && letter != ':');
        if (!isPlain || name.isEmpty() || name.length() > 255) {
            throw new UsageException(
                    "EINVAL", "a name has 1 to 255 ASCII characters without a colon. Received " + name);
        }
    }

    private void send(String text) {
        if (manager != null) {
            manager.send(text);
        }
    }

    // ---- the watchdog

    /**
     * Sends {@code WATCHDOG=1} from {@code loop}, each half of the time after which the manager would restart the service ({@code
     * WatchdogSec=}). A loop that is stuck sends nothing. The timer does not keep the loop alive.
     *
     * <p>With several loops, the one that matters most has the watchdog.
     *
     * @return the timer, which the caller may close; empty if the manager asks for no watchdog, or asks another process (WATCHDOG_PID)
     * @throws UsageException EINVAL if WATCHDOG_USEC is no positive number
     */
    public Optional<Timer> watchdog(Loop loop) {
        UsageException.requireArgument(loop, "loop");
        String micros = environment.get("WATCHDOG_USEC");
        String pid = environment.get("WATCHDOG_PID");
        NotifySocket awaiting = manager;
        boolean isMeant =
                pid == null || pid.equals(Long.toString(ProcessHandle.current().pid()));
        if (awaiting == null || micros == null || !isMeant) {
            return Optional.empty();
        }
        long half = Math.max(1, requireMicros(micros) / 2 / MICROS_PER_MILLI);
        awaiting.trySend("WATCHDOG=1");
        Timer timer = Timer.every(loop, half, () -> awaiting.trySend("WATCHDOG=1"));
        timer.unref();
        return Optional.of(timer);
    }

    private static long requireMicros(String micros) {
        try {
            return UsageException.requireRange(Long.parseLong(micros), 1, Long.MAX_VALUE, "WATCHDOG_USEC");
        } catch (NumberFormatException wrong) {
            throw new UsageException("EINVAL", "WATCHDOG_USEC is no number: " + micros);
        }
    }

    /** Returns what the manager has given, as in "Systemd (messages, 2 sockets)". */
    @Override
    public String toString() {
        String count = environment.getOrDefault("LISTEN_FDS", "0");
        return "Systemd (" + (isPresent() ? "messages" : "no messages") + ", LISTEN_FDS " + count + ")";
    }
}
