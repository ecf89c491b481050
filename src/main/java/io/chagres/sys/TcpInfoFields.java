package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * The answer of getsockopt(2) to TCP_INFO, {@code <linux/tcp.h>}. The struct has grown with the kernel, always at its end.
 * The length that the kernel returns tells which fields the answer has. A field that it does not have reads as -1.
 *
 * <pre>{@code
 *   struct tcp_info {
 *       __u8  tcpi_state, tcpi_ca_state, tcpi_retransmits, tcpi_probes, tcpi_backoff, tcpi_options;   //   0 .. 5
 *       __u8  tcpi_snd_wscale : 4, tcpi_rcv_wscale : 4;                                               //   6
 *       __u8  tcpi_delivery_rate_app_limited : 1, tcpi_fastopen_client_fail : 2;                      //   7
 *       __u32 tcpi_rto, tcpi_ato, tcpi_snd_mss, tcpi_rcv_mss;                                         //   8 .. 20
 *       __u32 tcpi_unacked, tcpi_sacked, tcpi_lost, tcpi_retrans, tcpi_fackets;                       //  24 .. 40
 *       __u32 tcpi_last_data_sent, tcpi_last_ack_sent, tcpi_last_data_recv, tcpi_last_ack_recv;       //  44 .. 56
 *       __u32 tcpi_pmtu, tcpi_rcv_ssthresh, tcpi_rtt, tcpi_rttvar, tcpi_snd_ssthresh, tcpi_snd_cwnd;  //  60 .. 80
 *       __u32 tcpi_advmss, tcpi_reordering, tcpi_rcv_rtt, tcpi_rcv_space, tcpi_total_retrans;         //  84 .. 100
 *       __u64 tcpi_pacing_rate, tcpi_max_pacing_rate, tcpi_bytes_acked, tcpi_bytes_received;          // 104 .. 128
 *       __u32 tcpi_segs_out, tcpi_segs_in, tcpi_notsent_bytes, tcpi_min_rtt;                          // 136 .. 148
 *       __u32 tcpi_data_segs_in, tcpi_data_segs_out;                                                  // 152 .. 156
 *       __u64 tcpi_delivery_rate, tcpi_busy_time, tcpi_rwnd_limited, tcpi_sndbuf_limited;             // 160 .. 184
 *       __u32 tcpi_delivered, tcpi_delivered_ce;                                                      // 192 .. 196
 *       __u64 tcpi_bytes_sent, tcpi_bytes_retrans;                                                    // 200 .. 208
 *       ...
 *   };
 * }</pre>
 */
public final class TcpInfoFields {

    /** The size of the buffer for the answer in bytes: more than any kernel answers so far. */
    public static final int ROOM = 512;

    public static final int STATE = 0;
    public static final int CA_STATE = 1;
    public static final int RETRANSMITS = 2;
    public static final int PROBES = 3;
    public static final int BACKOFF = 4;
    public static final int RTO = 8;
    public static final int ATO = 12;
    public static final int SND_MSS = 16;
    public static final int RCV_MSS = 20;
    public static final int UNACKED = 24;
    public static final int SACKED = 28;
    public static final int LOST = 32;
    public static final int RETRANS = 36;
    public static final int LAST_DATA_SENT = 44;
    public static final int LAST_DATA_RECV = 52;
    public static final int LAST_ACK_RECV = 56;
    public static final int PMTU = 60;
    public static final int RTT = 68;
    public static final int RTTVAR = 72;
    public static final int SND_SSTHRESH = 76;
    public static final int SND_CWND = 80;
    public static final int TOTAL_RETRANS = 100;
    public static final int PACING_RATE = 104;
    public static final int BYTES_ACKED = 120;
    public static final int BYTES_RECEIVED = 128;
    public static final int SEGS_OUT = 136;
    public static final int SEGS_IN = 140;
    public static final int NOTSENT_BYTES = 144;
    public static final int MIN_RTT = 148;
    public static final int DATA_SEGS_IN = 152;
    public static final int DATA_SEGS_OUT = 156;
    public static final int DELIVERY_RATE = 160;
    public static final int BUSY_TIME = 168;
    public static final int RWND_LIMITED = 176;
    public static final int SNDBUF_LIMITED = 184;
    public static final int DELIVERED = 192;
    public static final int BYTES_SENT = 200;
    public static final int BYTES_RETRANS = 208;

    private TcpInfoFields() {}

    /** Returns the value of a __u8 field, or -1 if the answer of {@code length} bytes does not have the field. */
    public static int u8(MemorySegment info, int length, int field) {
        return field + 1 > length ? -1 : Byte.toUnsignedInt(info.get(JAVA_BYTE, field));
    }

    /** Returns the value of a __u32 field, or -1 if the answer of {@code length} bytes does not have the field. */
    public static long u32(MemorySegment info, int length, int field) {
        return field + 4 > length ? -1 : Integer.toUnsignedLong(info.get(JAVA_INT_UNALIGNED, field));
    }

    /**
     * Returns the value of a __u64 field, or -1 if the answer of {@code length} bytes does not have the field. A
     * value of 2^63 or more is Long.MAX_VALUE, for instance a rate that is "unlimited".
     */
    public static long u64(MemorySegment info, int length, int field) {
        if (field + 8 > length) {
            return -1;
        }
        long value = info.get(JAVA_LONG_UNALIGNED, field);
        return value < 0 ? Long.MAX_VALUE : value;
    }
}
