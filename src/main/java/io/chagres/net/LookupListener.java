package io.chagres.net;

import io.chagres.ChagresException;

/** Is told what a lookup has found, see {@link Socket#onLookup}. */
@FunctionalInterface
public interface LookupListener {

    /**
     * An address was found, or none.
     *
     * @param error null where one was found
     * @param address null where none was found
     * @param family 4 or 6; 0 where none was found
     * @param host what was looked up
     */
    void onLookup(ChagresException error, String address, int family, String host);
}
