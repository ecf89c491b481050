package io.chagres.trace.text;

import io.chagres.sys.Call;
import io.chagres.sys.Cmsg;
import io.chagres.sys.IoVec;
import io.chagres.sys.MsgHdr;
import java.lang.foreign.MemorySegment;

/** The iovec of writev(2), and the msghdr of sendmsg(2) and recvmsg(2). */
final class MessageText {

    private static final FlagNames LEVELS = new FlagNames("SOL_???").with("SOL_SOCKET", 1);

    private static final FlagNames TYPES =
            new FlagNames("SCM_???").with("SCM_RIGHTS", 1).with("SCM_CREDENTIALS", 2);

    private MessageText() {}

    /** The vectors of writev, with their number in the next argument. */
    static Argument vectors(int index) {
        return Argument.in(index, (call, out) -> {
            int count = call.number(index + 1);
            vectors(call.memory(index, (long) count * IoVec.BYTES), count, Long.MAX_VALUE, out);
        });
    }

    static Argument sent(int index) {
        return Argument.in(index, (call, out) -> message(call, index, Long.MAX_VALUE, out));
    }

    static Argument received(int index) {
        return (call, out) -> {
            if (out.hasFailed()) {
                failed(call, index, out);
            } else {
                message(call, index, out.outcome(), out);
            }
        };
    }

    private static void failed(Call call, int index, Line out) {
        if (call.word(index) == 0 || out.isBadAddress()) {
            Argument.pointer(index).print(call, out);
        } else {
            out.add("{msg_namelen=").add(call.lengthBefore()).add("}");
        }
    }

    /**
     * Appends a message.
     *
     * @param bytes the number of bytes in the vectors that count
     */
    private static void message(Call call, int index, long bytes, Line out) {
        MemorySegment message = call.memory(index, MsgHdr.BYTES);
        name(call, message, bytes != Long.MAX_VALUE, out);
        int count = (int) MsgHdr.iovlen(message);
        out.add(", msg_iov=");
        vectors(Call.at(MsgHdr.iov(message), (long) count * IoVec.BYTES), count, bytes, out);
        out.add(", msg_iovlen=").add(count);
        long controllen = MsgHdr.controllen(message);
        if (controllen > 0 && MsgHdr.control(message) != 0) {
            control(Call.at(MsgHdr.control(message), controllen), out);
        }
        out.add(", msg_controllen=").add(controllen);
        out.add(", msg_flags=")
                .add(SocketText.messageFlagNames(MsgHdr.flags(message)))
                .add("}");
    }

    private static void name(Call call, MemorySegment message, boolean returned, Line out) {
        int length = MsgHdr.namelen(message);
        out.add("{msg_name=");
        if (MsgHdr.name(message) == 0) {
            out.add("NULL");
        } else if (length == 0) {
            out.add("0x").add(Long.toHexString(MsgHdr.name(message)));
        } else {
            SocketText.address(Call.at(MsgHdr.name(message), length), length, out);
        }
        out.add(", msg_namelen=");
        out.add(returned && call.lengthBefore() != length ? call.lengthBefore() + " => " + length : "" + length);
    }

    private static void vectors(MemorySegment vectors, int count, long bytes, Line out) {
        long[] left = {bytes};
        out.array(count, i -> {
            long length = IoVec.len(vectors, i);
            long shown = Math.min(left[0], length);
            left[0] -= shown;
            out.add("{iov_base=");
            out.data(Call.at(IoVec.base(vectors, i).address(), shown));
            out.add(", iov_len=").add(length).add("}");
        });
    }

    private static void control(MemorySegment control, Line out) {
        out.add(", msg_control=[");
        for (long at = 0; at + Cmsg.HEADER <= control.byteSize(); at = Cmsg.next(control, at)) {
            MemorySegment data = Cmsg.data(control, at);
            out.add(at == 0 ? "" : ", ").add("{cmsg_len=").add(data.byteSize() + Cmsg.HEADER);
            out.add(", cmsg_level=").add(LEVELS.name(Cmsg.level(control, at)));
            out.add(", cmsg_type=").add(TYPES.name(Cmsg.type(control, at)));
            out.add(", cmsg_data=[");
            for (int i = 0; i < data.byteSize() / Integer.BYTES; i++) {
                out.add(i == 0 ? "" : ", ").add(data.getAtIndex(java.lang.foreign.ValueLayout.JAVA_INT, i));
            }
            out.add("]}");
        }
        out.add("]");
    }
}
