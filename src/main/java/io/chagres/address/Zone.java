package io.chagres.address;

import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;

/** The zones of link-local IPv6 addresses, RFC 4007: interfaces, by name and by number; 0 is none. */
final class Zone {

    private static final int MOST_INDEX_DIGITS = 9;

    private Zone() {}

    /** What if_nametoindex(3) says; 0, which the kernel answers with EINVAL, where it is no zone of this machine. */
    static int index(String zone) {
        if (zone == null) {
            return 0;
        }
        if (zone.length() <= MOST_INDEX_DIGITS && zone.chars().allMatch(Character::isDigit)) {
            return Integer.parseInt(zone);
        }
        try {
            NetworkInterface device = NetworkInterface.getByName(zone);
            return device == null ? 0 : device.getIndex();
        } catch (SocketException unknown) {
            return 0;
        }
    }

    /** What an address of this zone has behind it: "%eth0"; the number where it has no name; nothing for none. */
    static String suffix(int index) {
        if (index == 0) {
            return "";
        }
        try {
            NetworkInterface device = NetworkInterface.getByIndex(index);
            boolean named = device != null && Ip.version("::%" + device.getName()) != 0;
            return "%" + (named ? device.getName() : index);
        } catch (SocketException unknown) {
            return "%" + index;
        }
    }

    /** The first interface that has a link-local address. */
    static int firstLinkLocal() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(Zone::hasLinkLocal)
                    .mapToInt(NetworkInterface::getIndex)
                    .findFirst()
                    .orElse(0);
        } catch (SocketException none) {
            return 0;
        }
    }

    private static boolean hasLinkLocal(NetworkInterface device) {
        return device.inetAddresses().anyMatch(ip -> ip instanceof Inet6Address && ip.isLinkLocalAddress());
    }
}
