package io.chagres.group;

import io.chagres.loop.internal.Failures;

/** The deaths of the loops of a group: each is reported, and has a consequence. */
final class Deaths {

    /** The consequence of a death. */
    enum Consequence {
        /** The process exits: that has begun. */
        EXIT,
        /** The group must end. */
        END,
        /** A new loop must take the place. */
        RESTART
    }

    private final GroupOptions options;

    Deaths(GroupOptions options) {
        this.options = options;
    }

    /** Reports the death, and returns what follows. Called on the thread of the dead loop. */
    Consequence of(Member member, Throwable cause, boolean mayRestart) {
        report(member, cause);
        DeathPolicy policy = options.policy();
        if (policy.exits()) {
            Thread.ofPlatform().name(options.name() + "-exit").start(() -> System.exit(policy.status()));
            return Consequence.EXIT;
        }
        return mayRestart && member.mayRestart(policy) ? Consequence.RESTART : Consequence.END;
    }

    private void report(Member member, Throwable cause) {
        DeathListener listener = options.listener();
        if (listener == null) {
            return;
        }
        try {
            listener.onDeath(member.index, cause);
        } catch (Throwable thrown) {
            Failures.reportUncaught(thrown);
        }
    }
}
