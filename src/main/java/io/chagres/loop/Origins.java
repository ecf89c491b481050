package io.chagres.loop;

import io.chagres.UsageException;
import io.chagres.loop.internal.Residents;

/**
 * The recording of where handles are made, which {@link Loop#dump()} shows. Off by default.
 *
 * <p>The system property {@code chagres.origins} switches it on for the whole process: {@code true} records each handle, a number one in
 * so many. A record costs some microseconds and some hundred bytes. While it is off, a handle costs nothing more than before.
 *
 * <pre>{@code
 * java -Dchagres.origins=100 ...      # one handle in a hundred
 * }</pre>
 *
 * <p>The stack is that of the program, without the frames of Chagres. A socket that a server has accepted is made by the loop, so its
 * stack is that of {@link Loop#run()}; the dump names the server.
 */
public final class Origins {

    private Origins() {}

    /**
     * Records handles of the loops that are made from now on, in place of what the system property says; any thread.
     *
     * @param oneIn 1 for each handle, n for one in n handles, 0 for none
     * @throws UsageException ERR_OUT_OF_RANGE if {@code oneIn} is negative
     */
    public static void record(int oneIn) {
        if (oneIn < 0) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE", "The value of \"oneIn\" is out of range. It must be >= 0. Received " + oneIn);
        }
        Residents.recordOrigins(oneIn);
    }
}
