package io.chagres.loop.internal;

import java.util.Arrays;

/**
 * A queue that makes room before it takes anything. java.util.ArrayDeque takes first: if there is no memory for more room
 * then, it counts as empty, and all that waited in it is lost.
 */
final class Fifo<E> {

    private static final int FIRST_ROOM = 16;

    private Object[] elements = new Object[FIRST_ROOM]; // a power of two, so that a mask wraps around
    private int head;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** Adds {@code element} at the end. If there is no memory for it, the queue is as before. */
    void add(E element) {
        reserve();
        elements[head + size++ & elements.length - 1] = element;
    }

    /** Makes sure that the next {@link #add} needs no memory. */
    void reserve() {
        if (size == elements.length) {
            Object[] larger = Arrays.copyOf(elements, size * 2);
            // what had wrapped around goes on behind the old end
            System.arraycopy(elements, 0, larger, size, head);
            Arrays.fill(larger, 0, head, null);
            elements = larger;
        }
    }

    /** Takes the first; null if there is none. */
    @SuppressWarnings("unchecked")
    E poll() {
        if (size == 0) {
            return null;
        }
        E first = (E) elements[head];
        elements[head] = null;
        head = head + 1 & elements.length - 1;
        size--;
        return first;
    }
}
