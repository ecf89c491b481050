package io.chagres.address;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Spans of addresses, cut into blocks of which each has all addresses with the same first bits: the cost of a question depends on
 * how many lengths there are among them, 129 at most, and not on how many spans.
 */
final class Prefixes {

    /** For each length of a prefix, the first address of its blocks, and how many spans have that block. */
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

    /** Takes back one {@link #add}. */
    void remove(BlockList.Bits first, BlockList.Bits last) {
        cut(
                first,
                last,
                (block, length) ->
                        blocks.get(length).computeIfPresent(block, (same, count) -> count == 1 ? null : count - 1));
    }

    /** Visits the blocks of a span, at most 254. */
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
