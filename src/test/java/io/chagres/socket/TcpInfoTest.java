package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.Family;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.sys.Memory;
import io.chagres.sys.TcpInfoFields;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernel's numbers of a connection: {@link Tcp#info}. */
@ConnectionTest
@Tag("no-qemu")
class TcpInfoTest {

    private static final int SENT = 30_000;

    /** Returns a connection on which the client has sent {@code SENT} bytes to the other side. */
    private static TcpPair used(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        int[] left = {SENT};
        pair.accepted()
                .readStart(TcpPair.reader(
                        bytes -> {
                            left[0] -= bytes.remaining();
                            if (left[0] == 0) {
                                pair.accepted().readStop();
                            }
                        },
                        () -> {}));
        pair.client().write(ByteBuffer.wrap(Talk.noise(1, SENT)), error -> {});
        loop.run();
        return pair;
    }

    private static void end(Loop loop, TcpPair pair) {
        pair.close();
        loop.run();
    }

    @Test
    void infoCountsTheBytesAndSegmentsOfBothDirections(Loop loop) {
        TcpPair pair = used(loop);
        TcpInfo client = pair.client().info();
        TcpInfo accepted = pair.accepted().info();
        assertEquals(TcpInfo.State.ESTABLISHED, client.state());
        assertEquals(0, client.caState());
        assertEquals(SENT, accepted.bytesReceived());
        assertEquals(0, client.bytesReceived());
        assertEquals(SENT, client.bytesSent() - client.bytesRetrans());
        assertTrue(client.bytesAcked() > 0 && client.bytesAcked() <= SENT + 1, client::toString);
        assertEquals(0, client.notsentBytes());
        assertTrue(client.dataSegsOut() >= 1 && client.segsOut() >= client.dataSegsOut() + 2, client::toString);
        assertTrue(accepted.dataSegsIn() >= 1 && accepted.segsIn() >= accepted.dataSegsIn() + 2, accepted::toString);
        end(loop, pair);
    }

    @Test
    void theTimesAndSizesOfInfoArePlausible(Loop loop) {
        TcpPair pair = used(loop);
        TcpInfo info = pair.client().info();
        assertTrue(info.rttMicros() > 0 && info.rttMicros() < 60_000_000, info::toString);
        assertTrue(info.minRttMicros() <= info.rttMicros(), info::toString);
        assertTrue(info.rtoMicros() >= 200_000, "TCP_RTO_MIN: " + info);
        assertTrue(info.lastDataSentMillis() >= 0 && info.lastDataSentMillis() < 60_000, info::toString);
        assertTrue(info.sndMss() > 500 && info.sndMss() < info.pmtu(), info::toString);
        assertEquals(Math.min(65_536, info.pmtu()), info.pmtu(), "the MTU of the loopback interface");
        assertTrue(info.sndCwnd() >= 1 && info.deliveryRateBytesPerSecond() > 0, info::toString);
        assertTrue(info.pacingRateBytesPerSecond() > 0 && info.rttvarMicros() >= 0, info::toString);
        end(loop, pair);
    }

    @Test
    void theStateOfInfoFollowsTheConnection(Loop loop) {
        Tcp fresh = new Tcp(loop, Family.IPV4);
        assertEquals(TcpInfo.State.CLOSE, fresh.info().state());
        fresh.close();
        Tcp listener = TcpPair.listening(loop);
        listener.listen(7, _ -> {});
        assertEquals(TcpInfo.State.LISTEN, listener.info().state());
        assertEquals(7, listener.info().sacked(), "its backlog");
        listener.close();
        TcpPair pair = TcpPair.connected(loop);
        pair.client()
                .shutdown(
                        error -> assertTrue(pair.client().info().state().name().startsWith("FIN_WAIT")));
        pair.accepted().readStart(TcpPair.reader(bytes -> {}, () -> {
            assertEquals(TcpInfo.State.CLOSE_WAIT, pair.accepted().info().state());
            pair.close();
        }));
        loop.run();
    }

    /** The kernel of Linux 3.x ended at tcpi_total_retrans: 104 bytes. */
    @Test
    void aNumberThatTheKernelDoesNotReportIsMinusOne() {
        MemorySegment memory = Memory.allocate(TcpInfoFields.ROOM).fill((byte) 1);
        TcpInfo old = TcpInfo.read(memory, 104);
        assertEquals(0x01010101, old.totalRetrans());
        assertEquals(-1, old.pacingRateBytesPerSecond());
        assertEquals(-1, old.bytesAcked());
        assertEquals(-1, old.segsOut());
        assertEquals(-1, old.bytesSent());
        TcpInfo half = TcpInfo.read(memory, 103);
        assertEquals(-1, half.totalRetrans(), "a part of a field does not count");
        assertEquals(TcpInfo.State.UNKNOWN, TcpInfo.read(memory, 0).state());
    }

    @Test
    void theNumbersOfInfoAreUnsigned() {
        MemorySegment memory = Memory.allocate(TcpInfoFields.ROOM);
        memory.set(ValueLayout.JAVA_INT, TcpInfoFields.SND_SSTHRESH, Integer.MAX_VALUE);
        memory.set(ValueLayout.JAVA_INT, TcpInfoFields.RTT, -2);
        memory.set(ValueLayout.JAVA_LONG, TcpInfoFields.PACING_RATE, -1);
        memory.set(ValueLayout.JAVA_BYTE, TcpInfoFields.BACKOFF, (byte) 200);
        TcpInfo info = TcpInfo.read(memory, TcpInfoFields.ROOM);
        assertEquals(Integer.MAX_VALUE, info.sndSsthresh());
        assertEquals((1L << 32) - 2, info.rttMicros());
        assertEquals(Long.MAX_VALUE, info.pacingRateBytesPerSecond(), "unlimited");
        assertEquals(200, info.backoff());
    }

    /** ss(8) of iproute2 reads the same numbers by netlink, and prints milliseconds. */
    @Test
    @Tag("host")
    void ssPrintsTheSameNumbersAsInfo(Loop loop) throws Exception {
        Program.require("ss");
        TcpPair pair = used(loop);
        int port = pair.client().localAddress().port();
        TcpInfo info;
        String line;
        do { // an acknowledgement may arrive in between
            info = pair.client().info();
            line = ForkedJvm.run(List.of("ss", "-tinH", "sport", "=", ":" + port))
                    .output();
        } while (info.segsIn() != pair.client().info().segsIn()
                || info.segsOut() != pair.client().info().segsOut());
        assertEquals(info.bytesAcked(), number(line, "bytes_acked:(\\d+)"), line);
        assertEquals(info.bytesSent(), number(line, "bytes_sent:(\\d+)"), line);
        assertEquals(info.segsOut(), number(line, "segs_out:(\\d+)"), line);
        assertEquals(info.segsIn(), number(line, "segs_in:(\\d+)"), line);
        assertEquals(info.dataSegsOut(), number(line, "data_segs_out:(\\d+)"), line);
        assertEquals(info.sndMss(), number(line, " mss:(\\d+)"), line);
        assertEquals(info.rcvMss(), number(line, "rcvmss:(\\d+)"), line);
        assertEquals(info.pmtu(), number(line, "pmtu:(\\d+)"), line);
        assertEquals(info.sndCwnd(), number(line, "cwnd:(\\d+)"), line);
        assertEquals(info.rtoMicros(), 1000 * number(line, " rto:(\\d+)"), line);
        assertEquals(info.rttMicros() / 1000.0, decimal(line, " rtt:([\\d.]+)/"), 0.001, line);
        assertEquals(info.rttvarMicros() / 1000.0, decimal(line, " rtt:[\\d.]+/([\\d.]+)"), 0.001, line);
        assertEquals(info.minRttMicros() / 1000.0, decimal(line, "minrtt:([\\d.]+)"), 0.001, line);
        assertNotEquals(-1, info.delivered());
        end(loop, pair);
    }

    private static long number(String line, String pattern) {
        return (long) decimal(line, pattern);
    }

    private static double decimal(String line, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(line);
        assertTrue(matcher.find(), () -> pattern + " in " + line);
        return Double.parseDouble(matcher.group(1));
    }
}
