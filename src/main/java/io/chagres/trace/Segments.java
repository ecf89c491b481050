package io.chagres.trace;

import io.chagres.trace.Connections.Connection;
import io.chagres.trace.Connections.Use;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The segments between two kernels, as far as the system calls imply them. If the peer is not in the trace, its segments are drawn before
 * the call that reports them.
 */
final class Segments {

    /** One end of a connection. */
    private record End(Connection connection, boolean client) {}

    private final Connections connections;
    private final DiagramText text;
    private final Set<End> ended = new HashSet<>();
    private final Map<Connection, Boolean> resets = new HashMap<>();

    Segments(Connections connections, DiagramText text) {
        this.connections = connections;
        this.text = text;
    }

    /** Draws what the peer has sent before the call, if the peer is not in the trace. */
    void before(SystemCall call) {
        Use use = connections.use(call);
        if (use == null || use.connection().isWhole()) {
            return;
        }
        switch (call.name()) {
            case "accept4", "accept" -> fromPeer(use, "SYN, SYN ACK, ACK");
            case "recv", "recvfrom", "recvmsg", "read", "readv" -> received(use, call);
            default -> {}
        }
    }

    private void received(Use use, SystemCall call) {
        if (call.result() > 0) {
            fromPeer(use, bytes(call.answer()));
        } else if (call.result() == 0) {
            fromPeer(use, "FIN");
        } else if (call.answer().contains("ECONNRESET")) {
            fromPeer(use, "RST");
        }
    }

    /** Draws what the kernel sends because of the call. */
    void after(SystemCall call) {
        Use use = connections.use(call);
        if (use == null) {
            return;
        }
        switch (call.name()) {
            case "connect" -> connect(use);
            case "send", "sendto", "sendmsg", "write", "writev" -> {
                if (call.result() > 0) {
                    toPeer(use, bytes(call.answer()));
                }
            }
            case "setsockopt" ->
                resets.put(use.connection(), call.arguments().contains("SO_LINGER, {l_onoff=1, l_linger=0}"));
            case "shutdown" -> {
                if (call.result() == 0 && !call.arguments().contains("SHUT_RD")) {
                    end(use, "FIN");
                }
            }
            case "close" -> end(use, resets.getOrDefault(use.connection(), false) ? "RST" : "FIN");
            default -> {}
        }
    }

    private void connect(Use use) {
        toPeer(use, "SYN");
        if (use.connection().isRefused()) {
            ended.add(new End(use.connection(), true));
            fromPeer(use, "RST");
        } else {
            fromPeer(use, "SYN ACK");
            toPeer(use, "ACK");
        }
    }

    private void end(Use use, String segment) {
        if (ended.add(new End(use.connection(), use.byClient()))) {
            toPeer(use, segment);
        }
    }

    private void toPeer(Use use, String segment) {
        text.segment(kernel(use, use.byClient()), kernel(use, !use.byClient()), segment);
    }

    private void fromPeer(Use use, String segment) {
        text.segment(kernel(use, !use.byClient()), kernel(use, use.byClient()), segment);
    }

    private String kernel(Use use, boolean client) {
        return text.participants()
                .kernelOrOutside(
                        client ? use.connection().client() : use.connection().server());
    }

    private static String bytes(String count) {
        return count.equals("1") ? "1 byte" : count + " bytes";
    }
}
