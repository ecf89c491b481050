package io.chagres.net;

import io.chagres.fixture.Journal;
import io.chagres.fixture.Talk;

/** Writes every event of a socket into a journal: whole sequences are what tests of order compare. */
final class SocketEvents {

    private SocketEvents() {}

    static Journal of(Socket socket) {
        Journal journal = new Journal();
        into(journal, "", socket);
        return journal;
    }

    /** Each entry begins with {@code prefix}. */
    static void into(Journal journal, String prefix, Socket socket) {
        withoutData(journal, prefix, socket);
        socket.onData(chunk -> journal.add(prefix + "data " + Talk.text(chunk)));
    }

    /** The socket is not read. */
    static void withoutData(Journal journal, String prefix, Socket socket) {
        socket.onConnect(journal.note(prefix + "connect"))
                .onEnd(journal.note(prefix + "end"))
                .onDrain(journal.note(prefix + "drain"))
                .onFinish(journal.note(prefix + "finish"))
                .onTimeout(journal.note(prefix + "timeout"))
                .onError(error -> journal.add(prefix + "error " + error.getMessage()))
                .onClose(hadError -> journal.add(prefix + "close " + hadError));
    }
}
