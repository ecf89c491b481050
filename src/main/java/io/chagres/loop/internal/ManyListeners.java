package io.chagres.loop.internal;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A long list of listeners, or what is left of one behind a place in it. Lists that are made from one another share a
 * {@link Table}: a listener more goes to its end, which is not part of the older lists, and one that is removed leaves a note
 * of the {@link Removal}, by which an older list that is being walked still finds it.
 */
final class ManyListeners<L> extends Listeners<L> {

    private final Table<L> table;
    private final int at;
    /** The end of this list in the table, which may be longer by now. */
    private final int end;
    /** The first removal after this list was made: it is not done while this is the latest list. */
    private final Removal nextRemoval;

    private final L listener;

    private ManyListeners(Table<L> table, int at, int end, Removal nextRemoval) {
        this.table = table;
        this.at = at;
        this.end = end;
        this.nextRemoval = nextRemoval;
        listener = Objects.requireNonNull(table.get(at));
    }

    static <L> ManyListeners<L> of(List<L> all) {
        return new Table<>(all, 0, all.size()).list();
    }

    @Override
    public L listener() {
        return listener;
    }

    @Override
    public @Nullable Listeners<L> next() {
        for (int place = at + 1; place < end; place++) {
            if (table.get(place) != null) {
                return new ManyListeners<>(table, place, end, nextRemoval);
            }
            if (nextRemoval.isDone()) {
                return asItWas(place);
            }
        }
        return null;
    }

    /** This list from {@code place} on, in a table of its own, with what was removed since. */
    private @Nullable Listeners<L> asItWas(int place) {
        List<@Nullable L> places = new ArrayList<>(table.items(place, end));
        for (Removal removal = nextRemoval; removal.next != null; removal = removal.next) {
            if (removal.place >= place && removal.place < end) {
                places.set(removal.place - place, table.cast(removal.listener));
            }
        }
        List<L> present = present(places);
        return present.isEmpty() ? null : of(present);
    }

    private static <L> List<L> present(List<@Nullable L> places) {
        List<L> present = new ArrayList<>(places.size());
        for (L item : places) {
            if (item != null) {
                present.add(item);
            }
        }
        return present;
    }

    private boolean isLatest() {
        return !nextRemoval.isDone() && at == table.start && end == table.end;
    }

    @Override
    ManyListeners<L> with(L added) {
        Table<L> changed = isLatest() && table.end < table.length() ? table : copy(0, 1);
        changed.add(added);
        return changed.list();
    }

    @Override
    ManyListeners<L> withFirst(L added) {
        Table<L> changed = isLatest() && table.hasRoomBefore() ? table : copy(1, 0);
        changed.addFirst(added);
        return changed.list();
    }

    @Override
    @Nullable
    Listeners<L> without(L removed) {
        Table<L> changed = isLatest() ? table : copy(0, 1);
        int place = changed.find(given(removed));
        if (place < 0) {
            return this;
        }
        if (changed.isMostlyEmpty()) {
            List<@Nullable L> left = changed.items(changed.start, changed.end);
            left.set(place - changed.start, null);
            return Listeners.of(present(left));
        }
        changed.remove(place);
        return changed.list();
    }

    /** This list in a table with room for as many again, before or behind. */
    private Table<L> copy(int before, int behind) {
        List<L> all = all(this);
        return new Table<>(all, before * all.size(), behind * all.size());
    }

    /** A listener that was removed. Only lists that had this listener keep it. */
    private static final class Removal {

        private int place;
        private @Nullable Object listener;
        private @Nullable Removal next;

        boolean isDone() {
            return next != null;
        }
    }

    /** The listeners of a list and of those that were made from it, at places that never change. */
    private static final class Table<L> {

        private final @Nullable Object[] items;
        /** The last place of each listener, by identity. */
        private final Map<Object, Integer> places = new IdentityHashMap<>();
        /** For each place, the one before it of the same listener, or -1. */
        private final int[] earlier;

        private int start;
        /** The lowest place that was ever in use: an older list may still walk over what was removed there. */
        private int lowest;

        private int end;
        private int count;
        private Removal nextRemoval = new Removal();

        Table(List<L> all, int before, int behind) {
            items = new @Nullable Object[before + all.size() + behind];
            earlier = new int[items.length];
            start = before;
            lowest = before;
            end = before;
            all.forEach(this::add);
        }

        ManyListeners<L> list() {
            return new ManyListeners<>(this, start, end, nextRemoval);
        }

        int length() {
            return items.length;
        }

        @Nullable
        L get(int place) {
            return cast(items[place]);
        }

        @SuppressWarnings("unchecked")
        @Nullable
        L cast(@Nullable Object item) {
            return (L) item;
        }

        List<@Nullable L> items(int from, int to) {
            List<@Nullable L> list = new ArrayList<>(to - from);
            for (int place = from; place < to; place++) {
                list.add(get(place));
            }
            return list;
        }

        void add(L listener) {
            put(end++, listener);
        }

        boolean hasRoomBefore() {
            return start > 0 && start == lowest;
        }

        void addFirst(L listener) {
            lowest = --start;
            Integer last = places.putIfAbsent(given(listener), start);
            items[start] = listener;
            earlier[start] = -1;
            count++;
            if (last != null) {
                earlier[firstOf(last)] = start;
            }
        }

        private int firstOf(int last) {
            int place = last;
            while (earlier[place] >= 0) {
                place = earlier[place];
            }
            return place;
        }

        private void put(int place, L listener) {
            items[place] = listener;
            Integer before = places.put(given(listener), place);
            earlier[place] = before == null ? -1 : before;
            count++;
        }

        int find(Object listener) {
            return places.getOrDefault(listener, -1);
        }

        /** Returns whether few places would be in use after one listener is removed. */
        boolean isMostlyEmpty() {
            return count <= FEW || count - 1 <= (end - start) / 2;
        }

        void remove(int place) {
            Object removed = Objects.requireNonNull(items[place]);
            Object listener = given(removed);
            nextRemoval.place = place;
            nextRemoval.listener = removed;
            Removal following = new Removal();
            nextRemoval.next = following;
            nextRemoval = following;
            items[place] = null;
            count--;
            if (earlier[place] < 0) {
                places.remove(listener);
            } else {
                places.put(listener, earlier[place]);
            }
            while (items[start] == null) {
                start++;
            }
        }
    }
}
