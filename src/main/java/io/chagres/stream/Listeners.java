package io.chagres.stream;

/**
 * Who listens to one event, in order of registration; null where nobody does. Lists are immutable: an event goes to those
 * who listened when it began, whatever they add and take off meanwhile, and telling a listener allocates nothing.
 *
 * @param <L> the listener's type
 */
public record Listeners<L>(L listener, Listeners<L> next) {

    /** {@code list} with {@code listener} at its end. */
    public static <L> Listeners<L> add(Listeners<L> list, L listener) {
        return list == null
            ? new Listeners<>(listener, null)
            : new Listeners<>(list.listener, add(list.next, listener));
    }

    /** {@code list} without {@code listener}; of the same one added twice, the later goes. */
    public static <L> Listeners<L> remove(Listeners<L> list, L listener) {
        if (list == null) {
            return null;
        }
        Listeners<L> rest = remove(list.next, listener);
        if (rest != list.next) {
            return new Listeners<>(list.listener, rest);
        }
        return list.listener == listener ? rest : list;
    }

    /** Calls each of {@code list}. */
    public static void run(Listeners<Runnable> list) {
        for (Listeners<Runnable> at = list; at != null; at = at.next) {
            at.listener.run();
        }
    }
}
