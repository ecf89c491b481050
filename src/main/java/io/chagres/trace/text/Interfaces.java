package io.chagres.trace.text;

import io.chagres.sys.SockAddr;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The names of the network interfaces, for the scope of a link-local address: {@code if_nametoindex("eth0")}. */
final class Interfaces {

    private static final Path FOLDER = Path.of("/sys/class/net");

    private Interfaces() {}

    /** Returns the scope of an IPv6 address as strace(1) prints it: with the name only if the address is link-local. */
    static String scope(MemorySegment address) {
        int scope = SockAddr.scopeId(address);
        byte[] ip = SockAddr.ip(address);
        boolean isLinkLocal =
                ip[0] == (byte) 0xfe && (ip[1] & 0xc0) == 0x80 || ip[0] == (byte) 0xff && (ip[1] & 0xf) == 2;
        String name = isLinkLocal && scope != 0 ? name(String.valueOf(scope)) : "";
        return name.isEmpty() ? Integer.toUnsignedString(scope) : "if_nametoindex(\"" + name + "\")";
    }

    private static String name(String index) {
        try (Stream<Path> interfaces = Files.list(FOLDER)) {
            return interfaces
                    .filter(each -> index.equals(index(each)))
                    .map(each -> each.getFileName().toString())
                    .findFirst()
                    .orElse("");
        } catch (IOException notMounted) {
            return "";
        }
    }

    private static String index(Path each) {
        try {
            return Files.readString(each.resolve("ifindex")).strip();
        } catch (IOException gone) {
            return "";
        }
    }
}
