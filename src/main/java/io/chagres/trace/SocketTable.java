package io.chagres.trace;

import io.chagres.trace.text.IpText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tables of TCP sockets in {@code /proc/net/tcp} and {@code /proc/net/tcp6}.
 *
 * <p>A line has the addresses in hexadecimal digits, as words in the byte order of the machine:
 *
 * <pre>{@code
 *   sl  local_address rem_address   st ...
 *    0: 0100007F:2451 00000000:0000 0A ...
 * }</pre>
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</a>
 */
final class SocketTable {

    private static final String[] STATES = {
        "",
        "ESTABLISHED",
        "SYN_SENT",
        "SYN_RECV",
        "FIN_WAIT1",
        "FIN_WAIT2",
        "TIME_WAIT",
        "CLOSE",
        "CLOSE_WAIT",
        "LAST_ACK",
        "LISTEN",
        "CLOSING",
        "SYN_RECV"
    };

    private static final int HEXADECIMAL = 16;
    private static final int WORD = 4;

    private SocketTable() {}

    /** Returns the sockets with a port that {@code owners} has seen. */
    static List<SocketState> read(Owners owners) {
        List<SocketState> sockets = new ArrayList<>();
        read(Path.of("/proc/net/tcp"), owners, sockets);
        read(Path.of("/proc/net/tcp6"), owners, sockets);
        return List.copyOf(sockets);
    }

    private static void read(Path table, Owners owners, List<SocketState> sockets) {
        try (Stream<String> lines = Files.lines(table)) {
            lines.filter(line -> hasOwner(owners, line)).map(SocketTable::state).forEach(sockets::add);
        } catch (IOException | UncheckedIOException noTable) {
            // a system without IPv6, or without /proc
        }
    }

    /** Looks at the ports alone: a busy machine has tens of thousands of lines, most of them in TIME_WAIT. */
    private static boolean hasOwner(Owners owners, String line) {
        int local = line.indexOf(": ") + 2;
        if (local < 2) {
            return false;
        }
        int remote = line.indexOf(' ', local) + 1;
        return owners.hasPort(port(line, local)) || owners.hasPort(port(line, remote));
    }

    private static SocketState state(String line) {
        String[] words = line.strip().split(" +");
        return new SocketState(address(words[1]), address(words[2]), STATES[Integer.parseInt(words[3], HEXADECIMAL)]);
    }

    /** Returns the port of the address at {@code start}, the four digits after its colon. */
    private static int port(String line, int start) {
        int colon = line.indexOf(':', start);
        return Integer.parseInt(line, colon + 1, colon + 5, HEXADECIMAL);
    }

    private static String address(String words) {
        byte[] ip = HexFormat.of().parseHex(words.substring(0, words.indexOf(':')));
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            for (int at = 0; at < ip.length; at += WORD) {
                swap(ip, at, at + 3);
                swap(ip, at + 1, at + 2);
            }
        }
        return address(ip, port(words, 0));
    }

    private static void swap(byte[] bytes, int one, int other) {
        byte first = bytes[one];
        bytes[one] = bytes[other];
        bytes[other] = first;
    }

    /** Returns the text of an address: {@code 127.0.0.1:80}, {@code [::1]:80}. */
    static String address(byte[] ip, int port) {
        String text = IpText.of(ip);
        return ip.length == WORD ? text + ":" + port : "[" + text + "]:" + port;
    }
}
