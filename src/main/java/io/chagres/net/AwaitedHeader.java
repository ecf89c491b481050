package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.TimerEntry;
import io.chagres.net.DroppedConnection.Reason;
import io.chagres.proxy.ProxyHeader;
import io.chagres.proxy.ProxyHeaderParser;
import io.chagres.socket.ReadListener;
import io.chagres.socket.SocketHandle;
import java.nio.ByteBuffer;

/**
 * A connection that waits for its header of the PROXY protocol. It reads no byte behind the header: the socket that follows reads them
 * itself, into its own memory. It is the timer of the wait, the read listener, and the close listener of the handle ({@link #run}).
 */
final class AwaitedHeader extends TimerEntry implements ReadListener, Runnable {

    private final HeaderGate gate;
    private final SocketHandle connection;
    private final ProxyHeaderParser parser;
    private final boolean isTrusted;

    /** @param isTrusted whether the peer may send a header */
    AwaitedHeader(HeaderGate gate, SocketHandle connection, ProxyHeaderParser parser, boolean isTrusted) {
        this.gate = gate;
        this.connection = connection;
        this.parser = parser;
        this.isTrusted = isTrusted;
    }

    SocketHandle connection() {
        return connection;
    }

    void begin(LoopCore core, long timeoutMicros) {
        connection.onClose(this);
        connection.readStart(this);
        core.timers().startByClock(this, timeoutMicros);
    }

    /** Leaves the connection to its next owner. */
    void end(LoopCore core) {
        core.timers().stop(this);
        connection.offClose(this);
        connection.readStop();
    }

    /** Returns whether no byte has arrived. */
    boolean isIdle() {
        return parser.taken() == 0;
    }

    // ---- reading

    @Override
    public ByteBuffer onAllocate(int suggestedSize) {
        return gate.room(parser.missing());
    }

    @Override
    public void onRead(int count, ByteBuffer buffer) {
        if (count > 0) {
            parse(buffer.limit(buffer.position() + count));
        }
    }

    private void parse(ByteBuffer bytes) {
        ProxyHeader header = null;
        ChagresException refused = null;
        try {
            header = parser.parse(bytes);
        } catch (ChagresException malformed) {
            refused = malformed;
        }
        if (parser.isRecognized() && !isTrusted) {
            gate.refuse(this, Reason.PROXY_HEADER_UNTRUSTED);
        } else if (header != null) {
            gate.complete(this, header);
        } else if (refused != null) {
            refuse(bytes);
        }
    }

    private void refuse(ByteBuffer rest) {
        if (parser.isRecognized()) {
            gate.refuse(this, Reason.PROXY_HEADER_MALFORMED);
        } else if (gate.isRequired()) {
            gate.refuse(this, Reason.PROXY_HEADER_MISSING);
        } else {
            byte[] taken = parser.takenBytes();
            byte[] unread = new byte[taken.length + rest.remaining()];
            System.arraycopy(taken, 0, unread, 0, taken.length);
            rest.get(unread, taken.length, rest.remaining());
            gate.direct(this, unread);
        }
    }

    /** A direct client may end without a byte, or with bytes that begin no header. Its socket reads the end again. */
    @Override
    public void onEnd() {
        if (gate.isRequired() || parser.isRecognized()) {
            gate.refuse(this, Reason.PROXY_HEADER_MISSING);
        } else {
            gate.direct(this, parser.takenBytes());
        }
    }

    @Override
    public void onError(SystemException error) {
        gate.refuse(this, Reason.PROXY_HEADER_MISSING);
    }

    // ---- other ends

    /** Called when the time is over. A direct client may be silent. */
    @Override
    protected void fire() {
        if (connection.isClosing()) {
            return; // by its loop, or by an Error at its begin
        }
        if (gate.isRequired() || !isIdle()) {
            gate.refuse(this, Reason.PROXY_HEADER_TIMEOUT);
        } else {
            gate.direct(this, parser.takenBytes());
        }
    }

    /** Called when the handle was closed by its loop. */
    @Override
    public void run() {
        gate.closed(this);
    }

    /** Returns its state, for a dump of the handle; any thread. */
    @Override
    public String toString() {
        return "the wait for a header of the PROXY protocol";
    }
}
