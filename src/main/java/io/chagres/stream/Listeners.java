package io.chagres.stream;

/**
 * Who listens to one event, in order of registration; null where nobody does. Lists are immutable: an event goes to those
 * who listened when it began, whatever they add meanwhile, and telling a listener allocates nothing.
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

    /** Calls each of {@code list}. */
    public static void run(Listeners<Runnable> list) {
        for (Listeners<Runnable> at = list; at != null; at = at.next) {
            at.listener.run();
        }
    }
}
