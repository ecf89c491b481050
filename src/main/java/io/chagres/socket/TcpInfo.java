package io.chagres.socket;

import static io.chagres.sys.TcpInfoFields.u32;
import static io.chagres.sys.TcpInfoFields.u64;
import static io.chagres.sys.TcpInfoFields.u8;

import io.chagres.sys.TcpInfoFields;
import java.lang.foreign.MemorySegment;

/**
 * What the kernel knows of a TCP connection: TCP_INFO, under the kernel's names. <b>A number is -1 where the kernel is too old to
 * tell it</b>; the minimum round-trip time came with Linux 4.6, the delivery rate with 4.9, the bytes sent with 4.19. "Segments"
 * below are those of the network, with {@code sndMss} bytes at most.
 *
 * @param state where it stands
 * @param caState the state of congestion control: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss
 * @param retransmits how often in a row the retransmission timer has gone off
 * @param probes how many probes, of keep-alive or of a closed window, are unanswered
 * @param backoff how often the retransmission timeout was doubled
 * @param rtoMicros the retransmission timeout
 * @param atoMicros how long acknowledgements are delayed
 * @param sndMss bytes of the largest segment that is sent
 * @param rcvMss bytes of the largest segment that comes, as it seems
 * @param pmtu bytes of the largest packet on the way
 * @param unacked segments sent and not acknowledged; of a listener, connections that wait to be accepted
 * @param sacked segments acknowledged out of order; of a listener, its backlog
 * @param lost segments that are taken for lost
 * @param retrans segments sent again and not acknowledged yet
 * @param totalRetrans segments sent again, over all its life
 * @param lastDataSentMillis how long ago data was sent
 * @param lastDataRecvMillis how long ago data came
 * @param lastAckRecvMillis how long ago an acknowledgement came
 * @param rttMicros the round-trip time, smoothed
 * @param rttvarMicros how far the round-trip time varies
 * @param minRttMicros the shortest round-trip time of late
 * @param sndSsthresh segments at which slow start ends
 * @param sndCwnd the congestion window in segments
 * @param pacingRateBytesPerSecond how fast it sends at most; Long.MAX_VALUE for no limit
 * @param deliveryRateBytesPerSecond how fast data has lately reached the peer
 * @param bytesAcked bytes of data that were acknowledged, and one each for a SYN and a FIN
 * @param bytesReceived bytes of data that came
 * @param bytesSent bytes of data sent, those sent again included
 * @param bytesRetrans bytes of data sent again
 * @param notsentBytes bytes that wait in the kernel, unsent
 * @param segsOut segments sent
 * @param segsIn segments that came
 * @param dataSegsOut segments with data sent
 * @param dataSegsIn segments with data that came
 * @param delivered segments with data delivered to the peer
 * @param busyTimeMicros how long it has had data to send
 * @param rwndLimitedMicros how long the peer's window kept it from sending
 * @param sndbufLimitedMicros how long the send buffer kept it from sending
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7): TCP_INFO</a>
 */
public record TcpInfo(
        State state,
        int caState,
        int retransmits,
        int probes,
        int backoff,
        long rtoMicros,
        long atoMicros,
        long sndMss,
        long rcvMss,
        long pmtu,
        long unacked,
        long sacked,
        long lost,
        long retrans,
        long totalRetrans,
        long lastDataSentMillis,
        long lastDataRecvMillis,
        long lastAckRecvMillis,
        long rttMicros,
        long rttvarMicros,
        long minRttMicros,
        long sndSsthresh,
        long sndCwnd,
        long pacingRateBytesPerSecond,
        long deliveryRateBytesPerSecond,
        long bytesAcked,
        long bytesReceived,
        long bytesSent,
        long bytesRetrans,
        long notsentBytes,
        long segsOut,
        long segsIn,
        long dataSegsOut,
        long dataSegsIn,
        long delivered,
        long busyTimeMicros,
        long rwndLimitedMicros,
        long sndbufLimitedMicros) {

    /** The states of RFC 9293, numbered as the kernel does, include/net/tcp_states.h. */
    public enum State {
        /** None of those below. */
        UNKNOWN,
        ESTABLISHED,
        SYN_SENT,
        SYN_RECV,
        FIN_WAIT1,
        FIN_WAIT2,
        TIME_WAIT,
        CLOSE,
        CLOSE_WAIT,
        LAST_ACK,
        LISTEN,
        CLOSING,
        NEW_SYN_RECV;

        private static final State[] ALL = values();

        static State of(int number) {
            return number > 0 && number < ALL.length ? ALL[number] : UNKNOWN;
        }
    }

    /** Reads {@code length} bytes of a struct tcp_info. */
    static TcpInfo read(MemorySegment info, int length) {
        return new TcpInfo(
                State.of(u8(info, length, TcpInfoFields.STATE)),
                u8(info, length, TcpInfoFields.CA_STATE),
                u8(info, length, TcpInfoFields.RETRANSMITS),
                u8(info, length, TcpInfoFields.PROBES),
                u8(info, length, TcpInfoFields.BACKOFF),
                u32(info, length, TcpInfoFields.RTO),
                u32(info, length, TcpInfoFields.ATO),
                u32(info, length, TcpInfoFields.SND_MSS),
                u32(info, length, TcpInfoFields.RCV_MSS),
                u32(info, length, TcpInfoFields.PMTU),
                u32(info, length, TcpInfoFields.UNACKED),
                u32(info, length, TcpInfoFields.SACKED),
                u32(info, length, TcpInfoFields.LOST),
                u32(info, length, TcpInfoFields.RETRANS),
                u32(info, length, TcpInfoFields.TOTAL_RETRANS),
                u32(info, length, TcpInfoFields.LAST_DATA_SENT),
                u32(info, length, TcpInfoFields.LAST_DATA_RECV),
                u32(info, length, TcpInfoFields.LAST_ACK_RECV),
                u32(info, length, TcpInfoFields.RTT),
                u32(info, length, TcpInfoFields.RTTVAR),
                u32(info, length, TcpInfoFields.MIN_RTT),
                u32(info, length, TcpInfoFields.SND_SSTHRESH),
                u32(info, length, TcpInfoFields.SND_CWND),
                u64(info, length, TcpInfoFields.PACING_RATE),
                u64(info, length, TcpInfoFields.DELIVERY_RATE),
                u64(info, length, TcpInfoFields.BYTES_ACKED),
                u64(info, length, TcpInfoFields.BYTES_RECEIVED),
                u64(info, length, TcpInfoFields.BYTES_SENT),
                u64(info, length, TcpInfoFields.BYTES_RETRANS),
                u32(info, length, TcpInfoFields.NOTSENT_BYTES),
                u32(info, length, TcpInfoFields.SEGS_OUT),
                u32(info, length, TcpInfoFields.SEGS_IN),
                u32(info, length, TcpInfoFields.DATA_SEGS_OUT),
                u32(info, length, TcpInfoFields.DATA_SEGS_IN),
                u32(info, length, TcpInfoFields.DELIVERED),
                u64(info, length, TcpInfoFields.BUSY_TIME),
                u64(info, length, TcpInfoFields.RWND_LIMITED),
                u64(info, length, TcpInfoFields.SNDBUF_LIMITED));
    }
}
