package io.chagres.trace.text;

import io.chagres.sys.AddrInfo;
import io.chagres.sys.CTexts;
import io.chagres.sys.Call;
import io.chagres.sys.NetDb;
import java.lang.foreign.MemorySegment;

/** The arguments of getaddrinfo(3) and getnameinfo(3), which are no system calls but print like them. */
final class NetDbText {

    private static final FlagNames AI = new FlagNames("AI_???")
            .with("AI_PASSIVE", NetDb.AI_PASSIVE)
            .with("AI_CANONNAME", NetDb.AI_CANONNAME)
            .with("AI_NUMERICHOST", NetDb.AI_NUMERICHOST)
            .with("AI_V4MAPPED", NetDb.AI_V4MAPPED)
            .with("AI_ALL", NetDb.AI_ALL)
            .with("AI_ADDRCONFIG", NetDb.AI_ADDRCONFIG)
            .with("AI_NUMERICSERV", NetDb.AI_NUMERICSERV);

    private static final FlagNames NI = new FlagNames("NI_???")
            .with("NI_NUMERICHOST", NetDb.NI_NUMERICHOST)
            .with("NI_NUMERICSERV", NetDb.NI_NUMERICSERV)
            .with("NI_NOFQDN", NetDb.NI_NOFQDN)
            .with("NI_NAMEREQD", NetDb.NI_NAMEREQD)
            .with("NI_DGRAM", NetDb.NI_DGRAM);

    private NetDbText() {}

    static Argument hints(int index) {
        return Argument.in(index, (call, out) -> {
            head(call.memory(index, AddrInfo.BYTES), out);
            out.add("}");
        });
    }

    private static void head(MemorySegment info, Line out) {
        out.add("{ai_flags=").add(AI.bits(AddrInfo.flags(info)));
        out.add(", ai_family=").add(SocketText.familyName(AddrInfo.family(info)));
        int type = AddrInfo.socktype(info);
        out.add(", ai_socktype=").add(type == 0 ? "0" : SocketText.typeNames(type));
        int protocol = AddrInfo.protocol(info);
        out.add(", ai_protocol=").add(protocol == 0 ? "0" : SocketText.protocolName(protocol));
    }

    /** The list of addresses that getaddrinfo has returned. */
    static Argument list(int index) {
        return Argument.out(index, (call, out) -> {
            out.add("[");
            MemorySegment first = AddrInfo.first(call.memory(index, Long.BYTES));
            for (MemorySegment info = first; info.address() != 0; info = AddrInfo.next(info)) {
                out.add(info.address() == first.address() ? "" : ", ");
                head(info, out);
                out.add(", ai_addr=");
                SocketText.address(AddrInfo.addr(info), AddrInfo.addrlen(info), out);
                String name = AddrInfo.canonname(info);
                out.add(name == null ? "}" : ", ai_canonname=\"" + name + "\"}");
            }
            out.add("]");
        });
    }

    /** A C string that getnameinfo has written. */
    static Argument name(int index) {
        return Argument.out(index, (call, out) -> out.string(call.word(index)));
    }

    static Argument nameFlags(int index) {
        return (call, out) -> out.add(NI.bits(call.number(index)));
    }

    /** Returns the result of both functions: {@code -2 EAI_NONAME (Name or service not known)}. */
    static String answer(Call call) {
        int eai = (int) call.result();
        if (eai == 0) {
            return "0";
        }
        return eai == NetDb.EAI_SYSTEM
                ? eai + " EAI_SYSTEM, " + CallText.error(call.errno())
                : eai + " " + NetDb.eaiName(eai) + " (" + CTexts.gaiStrerror(eai) + ")";
    }
}
