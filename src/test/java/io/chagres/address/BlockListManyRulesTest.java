package io.chagres.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A list of 100,000 rules is checked 100,000 times: a walk over the rules would take minutes. */
@ExtendWith(HangGuard.class)
@Timeout(50)
class BlockListManyRulesTest {

    private static final int MANY = 100_000;

    private static String address(int number) {
        return (number >>> 24) + "." + (number >>> 16 & 255) + "." + (number >>> 8 & 255) + "." + (number & 255);
    }

    @Test
    @Tag("no-qemu")
    void aCheckCostsTheSameForAnyNumberOfRules() {
        BlockList list = new BlockList();
        int start = 10 << 24;
        for (int i = 0; i < MANY; i++) {
            int network = start + 16 * i;
            switch (i % 3) {
                case 0 -> list.addSubnet(address(network), 29);
                case 1 -> list.addRange(address(network + 1), address(network + 6));
                default -> list.addAddress(address(network + 3));
            }
        }
        for (int i = 0; i < MANY; i++) {
            assertTrue(list.check(address(start + 16 * i + 3)));
            assertFalse(list.check(address(start + 16 * i + 8)));
        }
        assertEquals(MANY, list.rules().size());
        for (int i = 0; i < MANY; i++) {
            int network = start + 16 * i;
            switch (i % 3) {
                case 0 -> list.removeSubnet(address(network), 29);
                case 1 -> list.removeRange(address(network + 1), address(network + 6));
                default -> list.removeAddress(address(network + 3));
            }
            assertFalse(list.check(address(network + 3)));
        }
        assertEquals("BlockList (0 rules)", list.toString());
    }

    /** Compares the list with a walk over all spans. They overlap, share blocks, and reach the first and last addresses. */
    @Test
    void anAddressIsBlockedAsLongAsOneRuleCoversIt() {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("BlockListManyRulesTest: -Dchagres.seed=" + seed);
        Random random = new Random(seed);
        BlockList list = new BlockList();
        List<int[]> ranges = new ArrayList<>();
        for (int turn = 0; turn < 5000; turn++) {
            int one = near(random);
            int other = near(random);
            int[] range = Integer.compareUnsigned(one, other) < 0 ? new int[] {one, other} : new int[] {other, one};
            if (random.nextBoolean() && ranges.stream().noneMatch(each -> each[0] == range[0] && each[1] == range[1])) {
                ranges.add(range);
                list.addRange(address(range[0]), address(range[1]));
            } else if (!ranges.isEmpty()) {
                int[] removed = ranges.remove(random.nextInt(ranges.size()));
                list.removeRange(address(removed[0]), address(removed[1]));
            }
            int asked = near(random);
            boolean covered = ranges.stream()
                    .anyMatch(each -> Integer.compareUnsigned(each[0], asked) <= 0
                            && Integer.compareUnsigned(asked, each[1]) <= 0);
            assertEquals(covered, list.check(address(asked)), () -> address(asked) + " of " + list.rules());
        }
    }

    private static int near(Random random) {
        return (random.nextBoolean() ? 0 : random.nextBoolean() ? 1 << 31 : -64) + random.nextInt(64);
    }

    @Test
    void wholeFamiliesCanBeBlocked() {
        BlockList list = new BlockList().addSubnet("0.0.0.0", 0);
        assertTrue(list.check("255.255.255.255") && list.check("0.0.0.0") && !list.check("::1"));
        list.addRange("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        assertTrue(list.check("::1") && list.check("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        list.removeRange("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        assertFalse(list.check("::1"));
    }
}
