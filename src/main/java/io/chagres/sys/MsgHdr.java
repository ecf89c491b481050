package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * The struct of sendmsg(2) and recvmsg(2).
 *
 * <pre>{@code
 *   struct msghdr {
 *       void         *msg_name;         //  0  address of the peer, or NULL
 *       socklen_t     msg_namelen;      //  8
 *       struct iovec *msg_iov;          // 16  the data: see IoVec
 *       size_t        msg_iovlen;       // 24
 *       void         *msg_control;      // 32  the control messages: see Cmsg
 *       size_t        msg_controllen;   // 40  in: the room; out: the bytes that arrived
 *       int           msg_flags;        // 48  out: MSG_CTRUNC and so on
 *   };
 * }</pre>
 *
 * <p>It holds addresses, not segments: the caller that fills the struct keeps the memory alive until the call has
 * returned. Native memory only. (musl has 32-bit lengths with padding after them, which are the same bytes on a
 * little-endian machine.)
 */
public final class MsgHdr {

    public static final int BYTES = 56;

    private static final int NAME = 0;
    private static final int NAMELEN = 8;
    private static final int IOV = 16;
    private static final int IOVLEN = 24;
    private static final int CONTROL = 32;
    private static final int CONTROLLEN = 40;
    private static final int FLAGS = 48;

    private MsgHdr() {}

    public static void name(MemorySegment msg, MemorySegment name, int namelen) {
        msg.set(JAVA_LONG, NAME, Libc.pointer(name));
        msg.set(JAVA_INT, NAMELEN, namelen);
    }

    public static void iov(MemorySegment msg, MemorySegment iov, int iovlen) {
        msg.set(JAVA_LONG, IOV, Libc.pointer(iov));
        msg.set(JAVA_LONG, IOVLEN, iovlen);
    }

    /** Sets the control messages; NULL and 0 for none. */
    public static void control(MemorySegment msg, MemorySegment control, long controllen) {
        msg.set(JAVA_LONG, CONTROL, Libc.pointer(control));
        msg.set(JAVA_LONG, CONTROLLEN, controllen);
    }

    /** Returns the address of the address of the peer, or 0. */
    public static long name(MemorySegment msg) {
        return msg.get(JAVA_LONG, NAME);
    }

    /** Returns the address of the data. */
    public static long iov(MemorySegment msg) {
        return msg.get(JAVA_LONG, IOV);
    }

    public static long iovlen(MemorySegment msg) {
        return msg.get(JAVA_LONG, IOVLEN);
    }

    /** Returns the address of the control messages, or 0. */
    public static long control(MemorySegment msg) {
        return msg.get(JAVA_LONG, CONTROL);
    }

    public static int namelen(MemorySegment msg) {
        return msg.get(JAVA_INT, NAMELEN);
    }

    public static long controllen(MemorySegment msg) {
        return msg.get(JAVA_LONG, CONTROLLEN);
    }

    public static int flags(MemorySegment msg) {
        return msg.get(JAVA_INT, FLAGS);
    }
}
