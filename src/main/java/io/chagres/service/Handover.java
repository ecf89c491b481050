package io.chagres.service;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import java.time.Duration;
import java.util.Optional;

/**
 * Replaces a process by a new one without the loss of a connection: the old process offers its listening sockets at a path, and the new
 * one takes them.
 *
 * <pre>{@code
 * Optional<Takeover> old = Handover.take("/run/app/handover");                       // before it listens
 * server.listen(old.flatMap(o -> o.listener("http")).orElse(ListenOptions.at(8080)), () -> {
 *     old.ifPresent(o -> o.ready(loop, (name, connection) -> server.adopt(connection)));
 *     Handover.offer(loop, "/run/app/handover")                                      // for the process after this one
 *             .connections("http", server)
 *             .onDone(() -> System.exit(0));
 * });
 * }</pre>
 *
 * <h2>The steps</h2>
 *
 * <pre>
 *   new process                              old process
 *   connect, HELLO (version)        --&gt;      checks the user and the version
 *   has the listening sockets       &lt;--      LISTENER ..., OFFERED; goes on accepting
 *   listens on them
 *   READY                           --&gt;      stops accepting
 *   adopts, TAKEN                   &lt;--      CONNECTION ..., those that are idle, if it was asked to
 *                                   &lt;--      COMMITTED: closes its listening sockets, and frees the path
 *                                            serves the other connections until they end, become idle, or the grace is over
 * </pre>
 *
 * <p>The new process listens on the very sockets of the old one, SCM_RIGHTS of unix(7). So the backlog of the kernel, with connections
 * whose handshake is not complete yet, has an owner at every moment. A second socket of the same port with SO_REUSEPORT would have a
 * backlog of its own, and the connections in the old one would be reset, unless {@code net.ipv4.tcp_migrate_req} is set.
 *
 * <h2>Failures</h2>
 *
 * Until COMMITTED, the old process can go on as if nothing had happened, and does so if the new process ends, is killed, does not keep to the
 * protocol, or is not ready in time. Connections that were on their way return to their server. Two new processes at once: the second is
 * refused with ERR_HANDOVER_BUSY. A new process of another version of the protocol is refused with ERR_HANDOVER_VERSION.
 *
 * <p>Only root and the user of the old process can connect: the socket file has mode 0600, and both sides ask the kernel who the other is.
 */
public final class Handover {

    /** The time that {@link #take(String)} waits for an old process that does not answer. */
    public static final Duration TAKE_TIMEOUT = Duration.ofSeconds(10);

    private Handover() {}

    /**
     * Offers sockets of this process to the next one. If another process offers at {@code path}, as the old one does during a restart, the
     * offer begins once that process has withdrawn it. A file that a killed process has left behind is replaced.
     *
     * <p>The calls that say what is offered follow in the same callback. The offer does not keep the loop alive.
     *
     * @param path a path of at most 107 bytes, in a directory that exists
     * @throws UsageException EINVAL if it is no such path
     */
    public static HandoverOffer offer(Loop loop, String path) {
        UsageException.requireArgument(loop, "loop");
        HandoverOffer offer = new HandoverOffer(loop, requirePath(path));
        offer.begin();
        return offer;
    }

    /** Takes the sockets of the old process, see {@link #take(String, Duration)}, within {@link #TAKE_TIMEOUT}. */
    public static Optional<Takeover> take(String path) {
        return take(path, TAKE_TIMEOUT);
    }

    /**
     * Takes the listening sockets of the old process, and waits until it has them. A process calls this once, before it listens, on any
     * thread.
     *
     * @return empty if no process offers anything at {@code path}: this is the first one
     * @throws ChagresException ERR_HANDOVER_BUSY if another process takes them now; ERR_HANDOVER_VERSION; ERR_HANDOVER_DENIED if the old
     *     process has another user; ERR_HANDOVER_LOST if it ends or does not answer in time. This process has nothing then, and the old one
     *     goes on
     * @throws SystemException EACCES and others of connect(2)
     * @throws UsageException EINVAL if {@code path} is empty or too long; ERR_OUT_OF_RANGE if {@code timeout} is not positive
     */
    public static Optional<Takeover> take(String path, Duration timeout) {
        requirePath(path);
        requirePositive(timeout, "timeout");
        try (Loop loop = new Loop()) {
            Taking taking = new Taking(loop, path, timeout.toMillis());
            loop.run();
            return taking.result();
        }
    }

    private static String requirePath(String path) {
        if (UsageException.requireArgument(path, "path").isEmpty() || path.charAt(0) == 0) {
            throw new UsageException("EINVAL", "a handover needs the path of a file. Received \"" + path + "\"");
        }
        return path;
    }

    static long requirePositive(Duration time, String name) {
        UsageException.requireArgument(time, name);
        if (time.toMillis() <= 0) {
            throw new UsageException("ERR_OUT_OF_RANGE", name + " must be at least a millisecond. Received " + time);
        }
        return time.toMillis();
    }
}
