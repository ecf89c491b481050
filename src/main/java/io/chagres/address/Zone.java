package io.chagres.address;

import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * The zones of link-local IPv6 addresses, RFC 4007: network interfaces, by name and by index. The index 0 means no
 * zone.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4007">RFC 4007</a>
 */
final class Zone {

    private static final int MAX_INDEX_DIGITS = 9;

    private Zone() {}

    /**
     * Returns the index of a zone, as if_nametoindex(3) does. An unknown zone has index 0, for which connect(2) fails
     * with EINVAL.
     */
    static int index(@Nullable String zone) {
        if (zone == null) {
            return 0;
        }
        if (zone.length() <= MAX_INDEX_DIGITS && zone.chars().allMatch(Character::isDigit)) {
            return Integer.parseInt(zone);
        }
        try {
            NetworkInterface device = NetworkInterface.getByName(zone);
            return device == null ? 0 : device.getIndex();
        } catch (SocketException unknown) {
            return 0;
        }
    }

    /**
     * Returns the suffix of an address in this zone: "%eth0", "%3" if the interface has no usable name, and "" if
     * there is no zone.
     */
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

    /** Returns the index of the first interface that has a link-local address; 0 if there is none. */
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
