package io.chagres.conformance;

/** The sources of the rows, in the order of the report. */
enum Source {
    CHAPTER(
            "chapter",
            "",
            "The chapter",
            "The points of chapter 17, on TCP, of the book understand-nodejs, which Chagres implements. "
                    + "Where Node has changed since, Chagres follows Node today."),
    LIBUV(
            "libuv",
            "libuv:",
            "libuv's tests",
            "The tests of libuv 1.x for a loop, its handles and streams, without those for files, processes and terminals. "
                    + "The priority is secondary if the subject is names, signals, worker threads, metrics or the passing of handles."),
    NODE(
            "node",
            "node:",
            "Node's tests",
            "The tests of Node 25 for net, and the tests for streams that matter to a socket. "
                    + "Y: the test is portable. P: its idea is portable, but the test uses internals of JavaScript. N: it is about JavaScript."),
    NODE_TLS(
            "node-tls",
            "node:",
            "Node's tests of TLS",
            "The files test-tls-* of Node 25. Y: the test is portable. P: its idea is portable, but the test uses openssl(1), internals "
                    + "of Node or settings of OpenSSL. N: it is about JavaScript, flags of Node, or what the JDK does not have.");

    private final String table;
    private final String prefix;
    private final String title;
    private final String introduction;

    Source(String table, String prefix, String title, String introduction) {
        this.table = table;
        this.prefix = prefix;
        this.title = title;
        this.introduction = introduction;
    }

    String table() {
        return table;
    }

    /** The prefix of the names of this source's rows in {@link Covers}. */
    String prefix() {
        return prefix;
    }

    String title() {
        return title;
    }

    String introduction() {
        return introduction;
    }
}
