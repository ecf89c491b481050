package io.chagres.handle;

import static io.chagres.handle.PollEvents.DISCONNECT;
import static io.chagres.handle.PollEvents.NONE;
import static io.chagres.handle.PollEvents.READABLE;
import static io.chagres.handle.PollEvents.WRITABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.RawSocket;
import io.chagres.loop.Loop;
import io.chagres.sys.Errno;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Raw sockets that read and write random parts, change what they watch for, and pause, until all bytes have arrived. */
@ExtendWith(LoopFixture.class)
class PollTransferTest {

    private static final int CLIENTS = 5;
    private static final int BYTES = 1 << 16;

    private final long seed = Long.getLong("chagres.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RawSocket listener = RawSocket.listening();
    private boolean duplex;
    private int accepted;
    private int disconnects;
    private int closed;
    private int sends;
    private int spuriousSends;

    @Test
    @Covers("libuv:poll_duplex")
    void aTransferInBothDirectionsByPollLosesNoByte(Loop loop) {
        duplex = true;
        transfer(loop);
    }

    @Test
    @Covers("libuv:poll_unidirectional")
    void aTransferInOneDirectionByPollLosesNoByte(Loop loop) {
        transfer(loop);
    }

    private void transfer(Loop loop) {
        System.out.println("PollTransferTest: -Dchagres.seed=" + seed);
        acceptAll(loop);
        for (int i = 0; i < CLIENTS; i++) {
            RawSocket socket = RawSocket.tcp();
            new Connection(loop, socket, true);
            int result = socket.connect(listener.port());
            assertTrue(result == 0 || result == -Errno.EINPROGRESS, "connect " + result);
        }
        assertFalse(loop.run());
        assertEquals(2 * CLIENTS, closed);
        assertEquals(2 * CLIENTS, disconnects);
        assertTrue(spuriousSends * 20 <= sends, spuriousSends + " of " + sends);
    }

    private void acceptAll(Loop loop) {
        Poll poll = new Poll(loop, listener.fd());
        poll.start(READABLE, (events, error) -> {
            new Connection(loop, listener.accept(), duplex);
            if (++accepted == CLIENTS) {
                poll.close();
                listener.close();
            }
        });
    }

    private final class Connection {
        final RawSocket socket;
        final boolean sending;
        final Poll poll;
        final Timer pause;
        PollEvents watched = READABLE.add(WRITABLE).add(DISCONNECT);
        PollEvents paused = NONE;
        PollEvents wanted;
        int received;
        int sent;
        boolean endReceived;
        boolean endSent;
        boolean disconnected;

        Connection(Loop loop, RawSocket socket, boolean sending) {
            this.socket = socket;
            this.sending = sending;
            poll = new Poll(loop, socket.fd());
            pause = new Timer(loop);
            poll.start(watched, this::onReady);
        }

        void onReady(PollEvents events, SystemException error) {
            assertNull(error);
            assertNotSame(NONE, events);
            assertTrue(watched.has(events));
            wanted = watched;
            if (events.isReadable()) {
                read();
            }
            if (events.isWritable()) {
                write();
            }
            if (events.isDisconnect()) {
                disconnected = true;
                disconnects++;
                wanted = without(wanted, DISCONNECT);
            }
            goOn();
            assertEquals(watched != NONE, poll.isActive());
        }

        private void goOn() {
            if (endReceived && endSent && disconnected) {
                close();
            } else if (wanted != watched) {
                watch(wanted);
            }
        }

        private void read() {
            switch (random.nextInt(7)) {
                case 0, 1 -> receive(74);
                case 2, 3 -> {
                    while (receive(931)) {}
                }
                case 4 -> {}
                case 5 -> pause(READABLE, 1);
                default -> fudge(WRITABLE, READABLE);
            }
        }

        /** Returns whether there may be more. */
        private boolean receive(int most) {
            long count = socket.receive(most);
            assertTrue(count >= 0 || count == -Errno.EAGAIN, "receive " + count);
            if (count == 0) {
                endReceived = true;
                wanted = without(wanted, READABLE);
            }
            received += (int) Math.max(count, 0);
            return count > 0;
        }

        private void write() {
            if (!sending || sent == BYTES) {
                socket.shutdownWriting();
                endSent = true;
                wanted = without(wanted, WRITABLE);
                return;
            }
            switch (random.nextInt(7)) {
                case 0, 1 -> sendFirst(103);
                case 2, 3 -> {
                    boolean more = sendFirst(1234);
                    while (more && sent < BYTES) {
                        more = send(1234) > 0;
                    }
                }
                case 4 -> {}
                case 5 -> pause(WRITABLE, 3);
                default -> fudge(READABLE, WRITABLE);
            }
        }

        private boolean sendFirst(int most) {
            boolean went = send(most) > 0;
            sends++;
            spuriousSends += went ? 0 : 1;
            return went;
        }

        private long send(int most) {
            long count = socket.send(Math.min(most, BYTES - sent));
            assertTrue(count > 0 || count == -Errno.EAGAIN, "send " + count);
            sent += (int) Math.max(count, 0);
            return count;
        }

        private void pause(PollEvents what, int millis) {
            wanted = without(wanted, what);
            paused = paused.add(what);
            if (!pause.isActive()) {
                pause.start(millis, this::resume);
            }
        }

        private void resume() {
            watch(watched.add(paused));
            paused = NONE;
        }

        private void fudge(PollEvents first, PollEvents second) {
            watch(first);
            watch(second);
        }

        private void watch(PollEvents events) {
            watched = events;
            poll.start(events, this::onReady);
        }

        private void close() {
            watched = NONE;
            pause.close();
            poll.close(() -> {
                closed++;
                assertEquals(sending ? BYTES : 0, sent);
                assertEquals(duplex || !sending ? BYTES : 0, received);
            });
            socket.close();
        }
    }

    private static PollEvents without(PollEvents set, PollEvents member) {
        PollEvents rest = NONE;
        for (PollEvents each : new PollEvents[] {READABLE, WRITABLE, DISCONNECT}) {
            rest = each != member && set.has(each) ? rest.add(each) : rest;
        }
        return rest;
    }
}
