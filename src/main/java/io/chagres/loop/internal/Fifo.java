package io.chagres.loop.internal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A queue that makes room before it stores an element. java.util.ArrayDeque stores first. If there is no memory to grow after that, its
 * head and tail are equal, so that it counts as empty and all elements are lost.
 */
final class Fifo<E> {

    private static final int FIRST_ROOM = 16;

    private @Nullable Object[] elements = new Object[FIRST_ROOM]; // a power of two, so that a mask wraps around
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

    /** Ensures that the next {@link #add} needs no memory. */
    void reserve() {
        if (size == elements.length) {
            @Nullable Object[] larger = Arrays.copyOf(elements, size * 2);
            // the elements that had wrapped around follow the old end
            System.arraycopy(elements, 0, larger, size, head);
            Arrays.fill(larger, 0, head, null);
            elements = larger;
        }
    }

    /** Removes and returns the first element; null if the queue is empty. */
    @SuppressWarnings("unchecked")
    @Nullable
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
