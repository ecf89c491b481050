package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.jfr.Ends;
import io.chagres.jfr.Flight;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.Observation;
import io.chagres.loop.internal.Resident;
import org.jspecify.annotations.Nullable;

/** Records the connected sockets of a loop for JDK Flight Recorder, so that a connection that was forgotten is named. */
final class OpenSockets implements Observation.Counter {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long UNKNOWN = -1;

    /** Both ends of a socket, as the kernel has them. */
    private record KnownEnds(Endpoints ends) implements Ends {
        @Override
        public @Nullable String localAddress() {
            return ends.localAddress();
        }

        @Override
        public int localPort() {
            return ends.localPort();
        }

        @Override
        public @Nullable String remoteAddress() {
            return ends.remote() == null ? null : ends.remote().address();
        }

        @Override
        public int remotePort() {
            return ends.remote() == null ? 0 : ends.remote().port();
        }
    }

    @Override
    public void count(LoopCore core) {
        if (Flight.wantsOpenConnections()) {
            core.residents().visit(resident -> count(core, resident));
        }
    }

    private static void count(LoopCore core, Resident resident) {
        if (resident instanceof SocketHandle socket && !socket.isClosing() && socket.hasPeer()) {
            Flight.openConnection(core.threadName(), socket.fd(), new KnownEnds(socket.endpoints()), stateOf(socket));
        }
    }

    private static Flight.OpenState stateOf(SocketHandle socket) {
        TcpInfo info = socket instanceof Tcp tcp ? infoOf(tcp) : null;
        return new Flight.OpenState(
                info == null ? null : info.state().name(),
                socket.ageMillis() * NANOS_PER_MILLI,
                socket.isReading(),
                info == null ? UNKNOWN : info.bytesReceived(),
                info == null ? UNKNOWN : info.bytesAcked(),
                socket.writeQueueSize(),
                info == null ? UNKNOWN : info.lastDataRecvMillis() * NANOS_PER_MILLI,
                info == null ? UNKNOWN : info.lastDataSentMillis() * NANOS_PER_MILLI);
    }

    private static @Nullable TcpInfo infoOf(Tcp tcp) {
        try {
            return tcp.info();
        } catch (SystemException unknown) {
            return null;
        }
    }
}
