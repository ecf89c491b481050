package io.chagres.group;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.net.ListeningSocket;
import io.chagres.net.Server;
import io.chagres.socket.ConnectionListener;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** The dealer of a server: it accepts on the first loop, and sends each connection to the loop that has the fewest. */
final class Dealer implements ConnectionListener {

    private final GroupServer server;
    private final Balance balance;
    /** The deals that no loop could take, while a loop is dead. */
    private final Queue<Deal> waiting = new ConcurrentLinkedQueue<>();
    /** The number of loops that have taken the place of a dead one. */
    private final AtomicInteger renewals = new AtomicInteger();
    /** The handles that listen. Used on the accepting loop only. */
    private final List<SocketHandle> handles = new ArrayList<>();

    private volatile boolean ended;

    Dealer(GroupServer server, Balance balance) {
        this.server = server;
        this.balance = balance;
    }

    /** Listens on {@code loop}, on its thread. */
    void listen(Loop loop, List<ListeningSocket> sockets) {
        handles.clear();
        for (ListeningSocket socket : sockets) {
            int fd = socket.duplicate();
            SocketHandle handle;
            try {
                handle = open(loop, fd, socket.address() == null);
            } catch (Throwable failed) {
                Descriptors.close(fd);
                throw failed;
            }
            handles.add(handle);
            handle.listen(socket.backlog(), this);
        }
    }

    private static SocketHandle open(Loop loop, int fd, boolean unix) {
        SocketHandle handle = unix ? new Pipe(loop) : new Tcp(loop);
        try {
            handle.open(fd);
        } catch (Throwable refused) {
            handle.close();
            throw refused;
        }
        return handle;
    }

    /** Stops accepting for a while, or goes on, if {@code loop} is the accepting loop; on its thread. */
    void setPaused(Loop loop, boolean paused) {
        for (SocketHandle handle : handles) {
            if (handle.loop() == loop && !handle.isClosing()) {
                if (paused) {
                    handle.pauseAccepting();
                } else {
                    handle.resumeAccepting();
                }
            }
        }
    }

    /** Stops listening, if {@code loop} is the accepting loop; on its thread. */
    void stopListening(Loop loop) {
        for (SocketHandle handle : handles) {
            if (handle.loop() == loop && !handle.isClosing()) {
                handle.close();
            }
        }
    }

    // ---- dealing

    @Override
    public void onConnection(SocketHandle listener) {
        SocketHandle accepted = listener.accept();
        Deal deal = new Deal(this, accepted.fd(), accepted instanceof Pipe);
        int target = deal.choose();
        Server own = target < 0 ? null : server.serverOf(target);
        if (own != null && own.loop() == accepted.loop()) {
            boolean taken = own.adopt(accepted);
            balance.arrived(target);
            if (taken) {
                return;
            }
            deal.refused[target] = true;
            target = deal.choose();
        }
        accepted.giveBack();
        deal.send(target);
    }

    /** Sends {@code deal} to {@code loop}; returns false if that loop has ended. */
    boolean post(Deal deal, int loop) {
        try {
            server.group().members().get(loop).loop().execute(deal);
            return true;
        } catch (RejectedExecutionException hasEnded) {
            return false;
        }
    }

    /** Lets the server of {@code loop} take the connection, on that loop's thread. If it returns false or throws, the deal still owns it. */
    boolean adopt(int loop, int fd, boolean unix) {
        Server there = server.serverOf(loop);
        if (there == null) {
            return false;
        }
        SocketHandle connection = open(there.loop(), fd, unix);
        try {
            if (there.adopt(connection)) {
                return true;
            }
        } catch (UsageException closing) {
            // another loop may take it
        }
        connection.giveBack();
        return false;
    }

    /** Keeps a connection that a dead loop may take once it is restarted; closes one that all loops have refused. */
    void keep(Deal deal) {
        if (ended || deal.isRefusedByAll()) {
            deal.drop();
            return;
        }
        waiting.add(deal);
        if (ended) {
            end();
        } else if (deal.renewals != renewals.get()) {
            deal(); // a loop was restarted between the choice and now
        }
    }

    /** Deals the connections that have waited for a loop: one has been restarted. */
    void dealAgain() {
        renewals.incrementAndGet();
        deal();
    }

    private void deal() {
        for (Deal deal = waiting.poll(); deal != null; deal = waiting.poll()) {
            deal.again();
        }
    }

    /** Closes the connections that wait for a loop: the server closes. */
    void end() {
        ended = true;
        for (Deal deal = waiting.poll(); deal != null; deal = waiting.poll()) {
            deal.drop();
        }
    }

    /** Returns the text of its server, for a dump of the handle that listens; any thread. */
    @Override
    public String toString() {
        return "Dealer of " + server;
    }

    /** An accepted connection on its way to a loop. */
    static final class Deal implements Runnable {

        private final Dealer dealer;
        private final int fd;
        private final boolean unix;
        /** The loops that are alive and have not taken the connection. */
        private final boolean[] refused;

        private boolean[] tried;
        private int renewals;
        private int target;

        Deal(Dealer dealer, int fd, boolean unix) {
            this.dealer = dealer;
            this.fd = fd;
            this.unix = unix;
            refused = dealer.balance.untried();
            tried = refused.clone();
            renewals = dealer.renewals.get();
        }

        /** Chooses a loop that was not tried; -1 for none. */
        int choose() {
            return dealer.balance.choose(tried);
        }

        /** Sends the connection to {@code loop}, or to another if that has ended. */
        void send(int loop) {
            target = loop;
            while (target >= 0 && !dealer.post(this, target)) {
                dealer.balance.arrived(target);
                target = choose();
            }
            if (target < 0) {
                dealer.keep(this);
            }
        }

        /** Tries all loops again that have not refused it. */
        void again() {
            tried = refused.clone();
            renewals = dealer.renewals.get();
            send(choose());
        }

        boolean isRefusedByAll() {
            for (boolean one : refused) {
                if (!one) {
                    return false;
                }
            }
            return true;
        }

        void drop() {
            Descriptors.close(fd);
        }

        @Override
        public void run() {
            boolean taken = false;
            try {
                taken = dealer.adopt(target, fd, unix);
                refused[target] = !taken;
            } catch (ChagresException failed) {
                refused[target] = !failed.code().equals("ERR_LOOP_CLOSED"); // a loop that ends may be restarted
            }
            dealer.balance.arrived(target);
            if (!taken) {
                send(choose());
            }
        }
    }
}
