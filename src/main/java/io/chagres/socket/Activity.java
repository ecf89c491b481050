package io.chagres.socket;

import io.chagres.loop.internal.LoopCore;
import java.util.StringJoiner;

/** The kernel's view of a TCP socket in a dump: its state, and when data last passed. The kernel keeps that, so no handle has to. */
final class Activity {

    private static final double MILLIS_PER_SECOND = 1000;

    private Activity() {}

    /** Adds the state and the last activity of {@code fd}. On another thread than the loop's, and for a Unix socket, it adds nothing. */
    static void describe(LoopCore core, int fd, StringJoiner details) {
        if (fd < 0 || !core.isLoopThread()) {
            return;
        }
        AddressMemory memory = AddressMemory.of(core);
        if (memory.getTcpInfo(fd) < 0) {
            return;
        }
        TcpInfo info = memory.readTcpInfo();
        if (info.state() == TcpInfo.State.LISTEN) {
            details.add(info.unacked() + " of " + info.sacked() + " connections wait to be accepted");
            return;
        }
        details.add(info.state().toString());
        if (info.bytesReceived() > 0) {
            details.add("received data " + ago(info.lastDataRecvMillis()));
        }
        if (info.dataSegsOut() > 0) {
            details.add("sent data " + ago(info.lastDataSentMillis()));
        }
        if (info.notsentBytes() > 0) {
            details.add(info.notsentBytes() + " bytes wait in the kernel");
        }
    }

    private static String ago(long millis) {
        return millis / MILLIS_PER_SECOND + " s ago";
    }
}
