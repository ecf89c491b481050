package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HangGuard.class)
class BlockListTest {

    private static final String LONG = "8592:757c:efae:4e45:fb5d:d62a:d00:8e17";

    private final BlockList list = new BlockList();

    @Test
    @Covers("node:test-blocklist")
    void aSingleAddressIsBlockedAlsoInItsMappedForm() {
        list.addAddress("1.1.1.1").addAddress(LONG).addAddress("::ffff:1.1.1.2");
        assertBlocked("1.1.1.1", "::ffff:1.1.1.1", LONG, "1.1.1.2", "::ffff:101:102");
        assertFree("1.2.3.4", "::1", "::1.1.1.1", "8592:757c:efae:4e45:fb5d:d62a:d00:8e18");
    }

    @Test
    @Covers("node:test-blocklist")
    void aRangeIncludesBothEnds() {
        list.addRange("1.1.1.1", "1.1.1.10").addRange("::1", "::f");
        for (int i = 1; i <= 10; i++) {
            assertBlocked("1.1.1." + i, "::ffff:1.1.1." + i);
        }
        for (int i = 1; i <= 15; i++) {
            assertBlocked("::" + Integer.toHexString(i));
        }
        assertFree(
                "1.1.1.0", "1.1.1.11", "2.2.2.2", "255.255.255.255", "::", "::10", "::ffff:ffff:ffff", "::ffff:c0a8:3");
    }

    @Test
    void aRangeIsComparedWithoutSigns() {
        list.addRange("7fff::", "8001::").addRange("::7fff:0:0:0", "::8001:0:0:0");
        assertBlocked("7fff::", "8000::", "8001::", "::8000:0:0:0");
        assertFree("7ffe::", "8001::1", "ffff::", "::8001:0:0:1", "::7ffe:ffff:ffff:ffff");
    }

    @Test
    @Covers("node:test-blocklist")
    void aSubnetCoversAllAddressesWithItsPrefix() {
        list.addSubnet("1.1.1.0", 16)
                .addSubnet("10.0.0.0", 27)
                .addSubnet("8592:757c:efae:4e45::", 64)
                .addSubnet("8592:757c:efaf::", 51);
        assertBlocked(
                "1.1.0.1",
                "1.1.255.255",
                "::ffff:1.1.0.1",
                "10.0.0.0",
                "10.0.0.31",
                "8592:757c:efae:4e45:f::",
                "8592:757c:efae:4e45::f",
                "8592:757c:efaf::",
                "8592:757c:efaf:1fff:ffff:ffff:ffff:ffff");
        assertFree("1.2.0.1", "10.0.0.32", "8592:757c:efae:4f45::f", "8592:757c:efaf:2000::");
    }

    @Test
    void aPrefixOf0CoversTheWholeFamily() {
        list.addSubnet("1.2.3.4", 0);
        assertBlocked("0.0.0.0", "255.255.255.255", "::ffff:1.1.1.1");
        assertFree("::1", "2001:db8::1");
        list.addSubnet("::", 0);
        assertBlocked("::1", "ffff::", "1.1.1.1");
    }

    @Test
    @Covers("node:test-blocklist")
    void theRulesAreListedNewestFirst() {
        list.addAddress("1.1.1.1")
                .addRange("10.0.0.1", "10.0.0.10")
                .addSubnet("8592:757C:efae:4e45::", 64)
                .addSubnet("1.2.3.4", 8)
                .addAddress("::0:1")
                .addRange("::1", "::2")
                .addSubnet("::", 0);
        assertEquals(
                List.of(
                        "Subnet: IPv6 ::/0",
                        "Range: IPv6 ::1-::2",
                        "Address: IPv6 ::1",
                        "Subnet: IPv4 1.0.0.0/8",
                        "Subnet: IPv6 8592:757c:efae:4e45::/64",
                        "Range: IPv4 10.0.0.1-10.0.0.10",
                        "Address: IPv4 1.1.1.1"),
                list.rules());
        assertEquals("BlockList (7 rules)", list.toString());
    }

    @Test
    @Covers("node:test-blocklist")
    void aRuleThatIsAddedTwiceIsRemovedByOneCall() {
        list.addAddress("1.1.1.1")
                .addAddress("1.1.1.1")
                .addAddress("::ffff:1.1.1.1")
                .addRange("1.1.1.1", "1.1.1.1");
        assertEquals(List.of("Range: IPv4 1.1.1.1-1.1.1.1", "Address: IPv4 1.1.1.1"), list.rules());
        list.removeAddress("1.1.1.1");
        assertBlocked("1.1.1.1");
        list.removeRange("1.1.1.1", "1.1.1.1").removeRange("1.1.1.1", "1.1.1.1");
        assertFree("1.1.1.1");
        assertEquals(List.of(), list.rules());
    }

    @Test
    @Covers("node:test-blocklist")
    void aSubnetIsRemovedOnlyWithItsOwnPrefix() {
        list.addSubnet("1.1.1.0", 16).addSubnet("8592:757c:efae:4e45::", 64);
        list.removeSubnet("1.1.2.0", 16).removeSubnet("8592:757c:efae:4e45::", 32);
        assertEquals(List.of("Subnet: IPv6 8592:757c:efae:4e45::/64"), list.rules());
        assertFree("1.1.0.1");
        assertBlocked("8592:757c:efae:4e45::1");
    }

    @Test
    void zonesAreIgnored() {
        list.addAddress("fe80::1%eth0");
        assertBlocked("fe80::1", "fe80::1%eth1");
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"localhost", "1.1.1", "1.1.1.1:80", "[::1]", "1.1.1.1/8"})
    @Covers("node:test-blocklist")
    void aTextThatIsNoAddressIsRefusedAndNeverBlocked(String text) {
        for (Runnable wrong : List.<Runnable>of(
                () -> list.addAddress(text),
                () -> list.addSubnet(text, 8),
                () -> list.addRange(text, "1.1.1.1"),
                () -> list.addRange("1.1.1.1", text))) {
            assertRefused("ERR_INVALID_ADDRESS", String.valueOf(text), wrong);
        }
        list.addSubnet("::", 0);
        assertFalse(list.check(text));
    }

    @ParameterizedTest
    @CsvSource({"1.1.1.2, 1.1.1.1", "::2, ::1", "1.1.1.1, ::1", "::1, 1.1.1.1", "255.255.255.255, ffff::"})
    @Covers("node:test-blocklist")
    void aRangeThatEndsBeforeItBeginsIsRefused(String start, String end) {
        assertRefused("ERR_INVALID_ARG_VALUE", start, () -> list.addRange(start, end));
    }

    @ParameterizedTest
    @CsvSource({"1.1.1.1, -1", "1.1.1.1, 33", "::, -1", "::, 129", "::, -2147483648"})
    @Covers("node:test-blocklist")
    void aPrefixOutOfRangeIsRefused(String network, int prefix) {
        assertRefused("ERR_OUT_OF_RANGE", "\"prefix\" is out of range", () -> list.addSubnet(network, prefix));
        assertEquals(List.of(), list.rules());
    }

    /** Compares the list with arithmetic on big numbers. */
    @Test
    void aSubnetCoversTheAddressesThatArithmeticSays() {
        Random random = new Random(4632);
        for (int i = 0; i < 20_000; i++) {
            byte[] network = bytes(random);
            byte[] other = network.clone();
            int bits = 8 * network.length;
            int flipped = random.nextInt(bits);
            other[flipped / 8] ^= (byte) (128 >> flipped % 8);
            int prefix = random.nextInt(bits + 1);
            boolean same = new BigInteger(1, network)
                    .shiftRight(bits - prefix)
                    .equals(new BigInteger(1, other).shiftRight(bits - prefix));
            BlockList one = new BlockList().addSubnet(Ip.format(network), prefix);
            assertEquals(same, one.check(Ip.format(other)), () -> one.rules() + " " + Ip.format(other));
        }
    }

    private static byte[] bytes(Random random) {
        byte[] ip = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(ip);
        return ip;
    }

    private void assertBlocked(String... addresses) {
        for (String address : addresses) {
            assertTrue(list.check(address), address);
        }
    }

    private void assertFree(String... addresses) {
        for (String address : addresses) {
            assertFalse(list.check(address), address);
        }
    }

    private static void assertRefused(String code, String named, Runnable wrong) {
        UsageException refused = assertThrows(UsageException.class, wrong::run);
        assertEquals(code, refused.code());
        assertTrue(refused.getMessage().contains(named), refused.getMessage());
    }
}
