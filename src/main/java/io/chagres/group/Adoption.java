package io.chagres.group;

import io.chagres.UsageException;
import io.chagres.net.DetachedSocket;
import io.chagres.net.Server;
import java.util.concurrent.RejectedExecutionException;

/** A connection of another socket on its way to a loop: {@link GroupServer#adopt}. If no loop takes it, it is closed. */
final class Adoption implements Runnable {

    private final GroupServer server;
    private final Balance balance;
    private final DetachedSocket connection;
    private final boolean[] tried;
    private int target;

    Adoption(GroupServer server, Balance balance, DetachedSocket connection) {
        this.server = server;
        this.balance = balance;
        this.connection = connection;
        tried = balance.untried();
    }

    /** Sends the connection to the loop that has the fewest, of those that were not tried; returns false if there is none. */
    boolean send() {
        for (target = balance.choose(tried); target >= 0; target = balance.choose(tried)) {
            try {
                server.group().members().get(target).loop().execute(this);
                return true;
            } catch (RejectedExecutionException hasEnded) {
                balance.arrived(target);
            }
        }
        return false;
    }

    @Override
    public void run() {
        try {
            Server there = server.serverOf(target);
            if (there != null) {
                there.adopt(connection);
            }
        } catch (UsageException refused) {
            // this loop closes: another may take it
        } finally {
            balance.arrived(target);
            if (connection.fd() >= 0 && !send()) {
                connection.close();
            }
        }
    }
}
