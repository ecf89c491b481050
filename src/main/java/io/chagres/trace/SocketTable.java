package io.chagres.trace;

import io.chagres.trace.text.IpText;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

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
        try {
            for (String line : Files.readAllLines(table)) {
                String[] words = line.strip().split(" +");
                if (words[0].endsWith(":") && (owners.hasPort(port(words[1])) || owners.hasPort(port(words[2])))) {
                    String state = STATES[Integer.parseInt(words[3], HEXADECIMAL)];
                    sockets.add(new SocketState(address(words[1]), address(words[2]), state));
                }
            }
        } catch (IOException noTable) {
            // a system without IPv6, or without /proc
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1), HEXADECIMAL);
    }

    private static String address(String words) {
        byte[] ip = HexFormat.of().parseHex(words.substring(0, words.indexOf(':')));
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            for (int at = 0; at < ip.length; at += WORD) {
                swap(ip, at, at + 3);
                swap(ip, at + 1, at + 2);
            }
        }
        return address(ip, port(words));
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
