package io.chagres.loop;

/**
 * A member of at most one {@link Ring}. The links sit in the member itself, so that joining and leaving a list
 * allocates nothing and takes constant time.
 */
abstract class Linked {

    Linked previous;
    Linked next;

    final boolean isLinked() {
        return next != null;
    }

    final void unlink() {
        if (next == null) {
            return;
        }
        previous.next = next;
        next.previous = previous;
        previous = next = null;
    }
}
