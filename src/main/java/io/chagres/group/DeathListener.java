package io.chagres.group;

/** Receives the deaths of the loops of a {@link LoopGroup}, see {@link GroupOptions#onDeath}. */
@FunctionalInterface
public interface DeathListener {

    /**
     * Called on the thread of the dead loop, before the {@link DeathPolicy} acts.
     *
     * @param index the index of the loop in the group
     * @param cause the exception that it has died of; a ChagresException ERR_LOOP_STOPPED if other code has stopped it
     */
    void onDeath(int index, Throwable cause);
}
