package io.chagres.net;

import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import io.chagres.loop.SystemException;
import io.chagres.sys.AddrInfo;
import io.chagres.sys.Memory;
import io.chagres.sys.NetDb;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Names to addresses: getaddrinfo(3) on a worker thread, since it may wait for a name server. */
final class Lookup {

    private static final long POINTER_BYTES = 8;

    private Lookup() {
    }

    /**
     * Looks {@code host} up.
     *
     * @param callback gets its addresses in the order of the system's preference, each once, and null; or null and the error
     */
    static Work<List<String>> start(Loop loop, String host, BiConsumer<List<String>, Throwable> callback) {
        return Work.submitSlow(loop, () -> resolve(host), callback);
    }

    private static List<String> resolve(String host) {
        if (host.indexOf('\0') >= 0) { // where C would cut it, and look up another name
            throw SystemException.ofLookup("ENOTFOUND", NetDb.EAI_NONAME, host);
        }
        MemorySegment hints = Memory.allocate(AddrInfo.BYTES);
        AddrInfo.hints(hints, NetDb.AI_ADDRCONFIG, Sockets.AF_UNSPEC, Sockets.SOCK_STREAM, 0);
        MemorySegment answer = Memory.allocate(POINTER_BYTES);
        int result = NetDb.getaddrinfo(Memory.string(host), MemorySegment.NULL, hints, answer);
        if (result != 0) {
            throw SystemException.ofLookup(codeOf(result), result, host);
        }
        MemorySegment first = AddrInfo.first(answer);
        try {
            return addresses(first);
        } finally {
            NetDb.freeaddrinfo(first);
        }
    }

    private static List<String> addresses(MemorySegment first) {
        Set<String> addresses = new LinkedHashSet<>();
        for (MemorySegment info = first; info.address() != 0; info = AddrInfo.next(info)) {
            addresses.add(Ip.format(SockAddr.ip(AddrInfo.addr(info))));
        }
        return new ArrayList<>(addresses);
    }

    /** Node's ENOTFOUND stands for "there is no such name" and "it has no address". */
    private static String codeOf(int result) {
        return result == NetDb.EAI_NONAME || result == NetDb.EAI_NODATA ? "ENOTFOUND" : NetDb.eaiName(result);
    }
}
