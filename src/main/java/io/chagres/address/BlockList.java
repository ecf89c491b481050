package io.chagres.address;

import io.chagres.UsageException;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of addresses that a server must not accept connections from: single addresses, ranges and subnets. {@code
 * net.ServerOptions} takes one; the server closes connections from these addresses.
 *
 * <pre>{@code
 * BlockList list = new BlockList().addAddress("192.0.2.1").addSubnet("10.0.0.0", 8);
 * list.check("10.1.2.3");   // true
 * }</pre>
 *
 * <p>The text of an address tells its family. An IPv6 address that stands for an IPv4 address, ::ffff:1.2.3.4, counts
 * as that IPv4 address. Zones and ports are ignored.
 *
 * <p>Any thread may call any method at any time. A server checks each connection, and the cost of a check does not
 * depend on the number of rules.
 *
 * @see <a href="https://nodejs.org/api/net.html#class-netblocklist">net.BlockList</a>
 */
public final class BlockList {

    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    /** All rules, the newest first. */
    private final LinkedHashSet<Rule> rules = new LinkedHashSet<>();
    /** The addresses that the rules cover. A server checks each connection, and there may be very many rules. */
    private final Prefixes covered = new Prefixes();

    /** Creates an empty list, which blocks no address. */
    public BlockList() {}

    private enum Kind {
        ADDRESS,
        RANGE,
        SUBNET
    }

    /** The 128 bits of an address. An IPv4 address is in the form of ::ffff:0:0/96. */
    record Bits(long high, long low) implements Comparable<Bits> {

        static final int COUNT = 128;

        static final long MAPPED = 0xffff_0000_0000L;

        static Bits of(byte[] ip) {
            return ip.length == 4
                    ? new Bits(0, MAPPED | number(ip, 0, 4))
                    : new Bits(number(ip, 0, 8), number(ip, 8, 8));
        }

        private static long number(byte[] ip, int from, int count) {
            long number = 0;
            for (int i = from; i < from + count; i++) {
                number = number << 8 | ip[i] & 255;
            }
            return number;
        }

        boolean isIPv4() {
            return high == 0 && low >>> IPV4_BITS == 0xffff;
        }

        /** Returns this address with all bits behind the first {@code prefix} bits set to 0, or to 1. */
        Bits filled(int prefix, boolean ones) {
            long highMask = mask(Math.min(prefix, 64));
            long lowMask = mask(Math.max(prefix - 64, 0));
            return new Bits(high & highMask | (ones ? ~highMask : 0), low & lowMask | (ones ? ~lowMask : 0));
        }

        private static long mask(int prefix) {
            return prefix == 0 ? 0 : -1L << 64 - prefix;
        }

        int trailingZeros() {
            return low != 0 ? Long.numberOfTrailingZeros(low) : 64 + Long.numberOfTrailingZeros(high);
        }

        /** Returns the next address; after the last one, the first. */
        Bits next() {
            return new Bits(low == -1 ? high + 1 : high, low + 1);
        }

        /** Returns the number of leading bits that this address and {@code other} have in common. */
        int common(Bits other) {
            int inHigh = Long.numberOfLeadingZeros(high ^ other.high);
            return inHigh < 64 ? inHigh : 64 + Long.numberOfLeadingZeros(low ^ other.low);
        }

        @Override
        public int compareTo(Bits other) {
            int byHigh = Long.compareUnsigned(high, other.high);
            return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
        }

        @Override
        public String toString() {
            byte[] ip = new byte[isIPv4() ? 4 : 16];
            for (int i = 0; i < ip.length; i++) {
                int shift = 8 * (ip.length - 1 - i);
                ip[i] = (byte) (shift < 64 ? low >> shift : high >> shift - 64);
            }
            return Ip.format(ip);
        }
    }

    /** One rule: the addresses from {@code first} to {@code last}. */
    private record Rule(Kind kind, Bits first, Bits last) {

        /** In Node's words. */
        @Override
        public String toString() {
            boolean four = first.isIPv4() && last.isIPv4();
            String family = four ? "IPv4 " : "IPv6 ";
            return switch (kind) {
                case ADDRESS -> "Address: " + family + first;
                case RANGE -> "Range: " + family + first + "-" + last;
                case SUBNET ->
                    "Subnet: " + family + first + "/" + (first.common(last) - (four ? IPV6_BITS - IPV4_BITS : 0));
            };
        }
    }

    /**
     * Blocks one address.
     *
     * @return this list
     * @throws UsageException ERR_INVALID_ADDRESS if {@code address} is not an IP address
     */
    public BlockList addAddress(String address) {
        return add(addressRule(address));
    }

    /**
     * Blocks the addresses from {@code start} to {@code end}, both included.
     *
     * @return this list
     * @throws UsageException ERR_INVALID_ADDRESS if an argument is not an IP address; ERR_INVALID_ARG_VALUE if the
     *     end comes before the start or is of the other family
     */
    public BlockList addRange(String start, String end) {
        return add(rangeRule(start, end));
    }

    /**
     * Blocks all addresses that have the first {@code prefix} bits of {@code network}.
     *
     * @param prefix 0 to 32 for IPv4, 0 to 128 for IPv6
     * @return this list
     * @throws UsageException ERR_INVALID_ADDRESS if {@code network} is not an IP address; ERR_OUT_OF_RANGE if the
     *     prefix is out of range
     */
    public BlockList addSubnet(String network, int prefix) {
        return add(subnetRule(network, prefix));
    }

    /**
     * Removes a rule of {@link #addAddress}. If there is no such rule, the call does nothing.
     *
     * @return this list
     */
    public BlockList removeAddress(String address) {
        return remove(addressRule(address));
    }

    /**
     * Removes a rule of {@link #addRange} with the same range. If there is no such rule, the call does nothing.
     *
     * @return this list
     */
    public BlockList removeRange(String start, String end) {
        return remove(rangeRule(start, end));
    }

    /**
     * Removes a rule of {@link #addSubnet} with the same subnet. If there is no such rule, the call does nothing.
     *
     * @return this list
     */
    public BlockList removeSubnet(String network, int prefix) {
        return remove(subnetRule(network, prefix));
    }

    private static Rule addressRule(String address) {
        Bits bits = require(address, "address");
        return new Rule(Kind.ADDRESS, bits, bits);
    }

    private static Rule rangeRule(String start, String end) {
        Bits first = require(start, "start");
        Bits last = require(end, "end");
        if (first.compareTo(last) > 0 || first.isIPv4() != last.isIPv4()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The argument 'start' must come before end. Received '" + start + "', and end '" + end + "'");
        }
        return new Rule(Kind.RANGE, first, last);
    }

    private static Rule subnetRule(String network, int prefix) {
        Bits bits = require(network, "network");
        int max = network.indexOf(':') < 0 ? IPV4_BITS : IPV6_BITS;
        if (prefix < 0 || prefix > max) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"prefix\" is out of range. It must be >= 0 && <= " + max + ". Received " + prefix);
        }
        int bitsKept = IPV6_BITS - max + prefix;
        return new Rule(Kind.SUBNET, bits.filled(bitsKept, false), bits.filled(bitsKept, true));
    }

    private static Bits require(@Nullable String address, String name) {
        byte[] ip = address == null ? null : Ip.bytes(address);
        if (ip == null) {
            throw new UsageException("ERR_INVALID_ADDRESS", "Invalid IP address: " + name + " is " + address);
        }
        return Bits.of(ip);
    }

    private synchronized BlockList add(Rule rule) {
        if (!rules.contains(rule)) {
            rules.addFirst(rule);
            covered.add(rule.first, rule.last);
        }
        return this;
    }

    private synchronized BlockList remove(Rule rule) {
        if (rules.remove(rule)) {
            covered.remove(rule.first, rule.last);
        }
        return this;
    }

    /**
     * Returns the rules in Node's words, the newest first: "Address: IPv4 1.1.1.1", "Range: IPv4 10.0.0.1-10.0.0.10",
     * "Subnet: IPv6 fe80::/10".
     */
    public synchronized List<String> rules() {
        return rules.stream().map(Rule::toString).toList();
    }

    /** Returns whether a rule covers {@code address}. The answer is false if {@code address} is not an IP address, or null. */
    public boolean check(@Nullable String address) {
        byte[] ip = address == null ? null : Ip.bytes(address);
        return ip != null && check(Bits.of(ip));
    }

    /** Returns whether a rule covers {@code address}. Its port is ignored. */
    public boolean check(SocketAddress address) {
        return check(Bits.of(UsageException.requireArgument(address, "address").ip()));
    }

    private synchronized boolean check(Bits address) {
        return covered.contains(address);
    }

    /** Returns the number of rules: "BlockList (2 rules)". */
    @Override
    public synchronized String toString() {
        return "BlockList (" + rules.size() + " rules)";
    }
}
