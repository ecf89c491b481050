package io.chagres.loop.internal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of one event, in order of registration; null for an event without one. A list never changes: an event reaches
 * the listeners that were there when it began, whatever they add and remove meanwhile.
 *
 * <p>A list of up to {@link #FEW} listeners is a chain of links, which costs one object a listener, and calling them allocates
 * nothing. A longer list is a {@link ManyListeners}: adding or removing one does not depend on how many there are.
 *
 * @param <L> the listener's type
 */
public abstract sealed class Listeners<L> permits Listeners.Few, ManyListeners {

    /** The number of listeners up to which a change copies the list, and may recurse over it. */
    static final int FEW = 16;

    Listeners() {}

    /** A listener for one event only: {@link Listeners#lasting} removes it. */
    public record Once(Runnable listener) implements Runnable {
        @Override
        public void run() {
            listener.run();
        }
    }

    /** The first listener. */
    public abstract L listener();

    /** The list behind the first listener, or null. */
    public abstract @Nullable Listeners<L> next();

    /** Returns this list with {@code listener} at its end. */
    abstract Listeners<L> with(L listener);

    /** Returns this list with {@code listener} before all others. */
    abstract Listeners<L> withFirst(L listener);

    /** Returns this list without {@code listener}: null if it is empty then. */
    abstract @Nullable Listeners<L> without(L listener);

    /** Returns {@code list} with {@code listener} at its end. */
    public static <L> Listeners<L> add(@Nullable Listeners<L> list, L listener) {
        return list == null ? new Few<>(listener, null) : list.with(listener);
    }

    /** Returns {@code list} with {@code listener} before all others. */
    public static <L> Listeners<L> addFirst(@Nullable Listeners<L> list, L listener) {
        return list == null ? new Few<>(listener, null) : list.withFirst(listener);
    }

    /**
     * Returns {@code list} without {@code listener}, which may be in it as a {@link Once}. If it was added more than once, the
     * last one is removed.
     */
    public static <L> @Nullable Listeners<L> remove(@Nullable Listeners<L> list, L listener) {
        return list == null ? null : list.without(listener);
    }

    /** Returns {@code list} without the listeners that are {@link Once}. */
    public static <L> @Nullable Listeners<L> lasting(@Nullable Listeners<L> list) {
        List<L> lasting = null;
        int count = 0;
        for (Listeners<L> at = list; at != null; at = at.next(), count++) {
            if (at.listener() instanceof Once) {
                lasting = lasting == null ? all(list).subList(0, count) : lasting;
            } else if (lasting != null) {
                lasting.add(at.listener());
            }
        }
        return lasting == null ? list : of(lasting);
    }

    /** Calls each of {@code list}. */
    public static void run(@Nullable Listeners<Runnable> list) {
        for (Listeners<Runnable> at = list; at != null; at = at.next()) {
            at.listener().run();
        }
    }

    static <L> @Nullable Listeners<L> of(List<L> all) {
        if (all.size() > FEW) {
            return ManyListeners.of(all);
        }
        Listeners<L> list = null;
        for (L listener : all.reversed()) {
            list = new Few<>(listener, list);
        }
        return list;
    }

    static <L> List<L> all(@Nullable Listeners<L> list) {
        List<L> all = new ArrayList<>();
        for (Listeners<L> at = list; at != null; at = at.next()) {
            all.add(at.listener());
        }
        return all;
    }

    /** The listener that the caller has given. */
    static Object given(Object listener) {
        return listener instanceof Once once ? once.listener : listener;
    }

    /** A link of a short list. */
    static final class Few<L> extends Listeners<L> {

        private final L listener;
        private final @Nullable Listeners<L> next;

        Few(L listener, @Nullable Listeners<L> next) {
            this.listener = listener;
            this.next = next;
        }

        @Override
        public L listener() {
            return listener;
        }

        @Override
        public @Nullable Listeners<L> next() {
            return next;
        }

        @Override
        Listeners<L> with(L added) {
            return isFull() ? ManyListeners.of(all(this)).with(added) : append(this, added);
        }

        @Override
        Listeners<L> withFirst(L added) {
            return isFull() ? ManyListeners.of(all(this)).withFirst(added) : new Few<>(added, this);
        }

        @Override
        @Nullable
        Listeners<L> without(L removed) {
            return without(this, removed);
        }

        private boolean isFull() {
            int size = 0;
            for (Listeners<L> at = this; at != null; at = at.next()) {
                size++;
            }
            return size >= FEW;
        }

        private static <L> Listeners<L> append(@Nullable Listeners<L> list, L added) {
            return list == null ? new Few<>(added, null) : new Few<>(list.listener(), append(list.next(), added));
        }

        private static <L> @Nullable Listeners<L> without(@Nullable Listeners<L> list, L removed) {
            if (list == null) {
                return null;
            }
            Listeners<L> rest = without(list.next(), removed);
            if (rest != list.next()) {
                return new Few<>(list.listener(), rest);
            }
            return given(list.listener()) == given(removed) ? rest : list;
        }
    }
}
