package io.chagres.address;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A set of spans of addresses that answers quickly whether an address is in one of them.
 *
 * <p>A span is cut into blocks. All addresses of a block have the same first bits, the prefix, and no other address
 * has them. A question costs one look for each length of a prefix that occurs, 129 at most. It does not depend on the
 * number of spans.
 */
final class Prefixes {

    /** For each length of a prefix, the first address of each block, and the number of spans that have the block. */
    private final List<Map<BlockList.Bits, Integer>> blocks = new ArrayList<>();

    Prefixes() {
        for (int length = 0; length <= BlockList.Bits.COUNT; length++) {
            blocks.add(Map.of());
        }
    }

    void add(BlockList.Bits first, BlockList.Bits last) {
        cut(first, last, (block, length) -> {
            if (blocks.get(length).isEmpty()) {
                blocks.set(length, new HashMap<>());
            }
            blocks.get(length).merge(block, 1, Integer::sum);
        });
    }

    /** Reverts one {@link #add} of the same span. */
    void remove(BlockList.Bits first, BlockList.Bits last) {
        cut(
                first,
                last,
                (block, length) ->
                        blocks.get(length).computeIfPresent(block, (same, count) -> count == 1 ? null : count - 1));
    }

    /** Calls {@code visitor} with each block of a span; a span has at most 254 blocks. */
    private static void cut(BlockList.Bits first, BlockList.Bits last, BiConsumer<BlockList.Bits, Integer> visitor) {
        BlockList.Bits block = first;
        BlockList.Bits end;
        do {
            int length = BlockList.Bits.COUNT - block.trailingZeros();
            while (block.filled(length, true).compareTo(last) > 0) {
                length++;
            }
            visitor.accept(block, length);
            end = block.filled(length, true);
            block = end.next();
        } while (!end.equals(last));
    }

    boolean contains(BlockList.Bits address) {
        for (int length = 0; length < blocks.size(); length++) {
            Map<BlockList.Bits, Integer> ofLength = blocks.get(length);
            if (!ofLength.isEmpty() && ofLength.containsKey(address.filled(length, false))) {
                return true;
            }
        }
        return false;
    }
}
