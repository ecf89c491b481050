package io.chagres.socket;

import static io.chagres.sys.TcpInfoFields.u32;
import static io.chagres.sys.TcpInfoFields.u64;
import static io.chagres.sys.TcpInfoFields.u8;

import io.chagres.sys.TcpInfoFields;
import java.lang.foreign.MemorySegment;

/**
 * The kernel's numbers of a TCP connection: TCP_INFO, under the kernel's names. {@link Tcp#info()} asks for them.
 *
 * <p><b>A number is -1 if the kernel is too old to report it.</b> The minimum round-trip time exists since Linux 4.6, the delivery rate
 * since 4.9, and the bytes sent since 4.19. A segment below is one of the network, of at most {@code sndMss} bytes.
 *
 * <pre>{@code
 * TcpInfo info = tcp.info();
 * log(info.rttMicros() + " us, " + info.totalRetrans() + " segments sent again");
 * }</pre>
 *
 * @param state the state of the connection
 * @param caState the state of congestion control: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss
 * @param retransmits how often in a row the retransmission timer has expired
 * @param probes how many probes, of keep-alive or of a closed window, are unanswered
 * @param backoff how often the retransmission timeout was doubled
 * @param rtoMicros the retransmission timeout
 * @param atoMicros the delay of acknowledgements
 * @param sndMss the maximum size of a segment that is sent, in bytes
 * @param rcvMss the maximum size of a segment that arrives, in bytes, as the kernel estimates it
 * @param pmtu the maximum size of a packet on the path, in bytes
 * @param unacked the segments that were sent and not acknowledged; for a listener, the connections that wait to be accepted
 * @param sacked the segments that were acknowledged out of order; for a listener, its backlog
 * @param lost the segments that the kernel considers lost
 * @param retrans the segments that were sent again and not acknowledged yet
 * @param totalRetrans the segments that were sent again since the connection began
 * @param lastDataSentMillis the time since data was last sent
 * @param lastDataRecvMillis the time since data last arrived
 * @param lastAckRecvMillis the time since an acknowledgement last arrived
 * @param rttMicros the round-trip time, smoothed
 * @param rttvarMicros the variation of the round-trip time
 * @param minRttMicros the minimum of recent round-trip times
 * @param sndSsthresh the window in segments at which slow start ends
 * @param sndCwnd the congestion window in segments
 * @param pacingRateBytesPerSecond the maximum rate of sending; Long.MAX_VALUE if there is none
 * @param deliveryRateBytesPerSecond the rate at which data has recently reached the peer
 * @param bytesAcked the bytes of data that were acknowledged, and one each for a SYN and a FIN
 * @param bytesReceived the bytes of data that have arrived
 * @param bytesSent the bytes of data that were sent, including those sent again
 * @param bytesRetrans the bytes of data that were sent again
 * @param notsentBytes the bytes that wait in the kernel and were not sent yet
 * @param segsOut the segments that were sent
 * @param segsIn the segments that have arrived
 * @param dataSegsOut the segments with data that were sent
 * @param dataSegsIn the segments with data that have arrived
 * @param delivered the segments with data that the peer has received
 * @param busyTimeMicros the time during which the connection had data to send
 * @param rwndLimitedMicros the time during which the peer's window limited sending
 * @param sndbufLimitedMicros the time during which the send buffer limited sending
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

    /** The states of RFC 9293, in the order of the kernel's numbers: include/net/tcp_states.h. */
    public enum State {
        /** A number that is none of those below. */
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
