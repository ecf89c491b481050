package io.chagres.conformance;

/** Where rows come from, in the order of the report. */
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
            "The tests of libuv 1.x for a loop, its handles and streams; files, processes and terminals are left out. "
                    + "Secondary are those about names, signals, worker threads, metrics and passing handles."),
    NODE(
            "node",
            "node:",
            "Node's tests",
            "The tests of Node 25 for net, and those for streams as far as a socket needs them. "
                    + "Y: portable as it is. P: its idea is, though the test itself looks into JavaScript. N: about JavaScript.");

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

    /** What stands before a row's name in {@link Covers}. */
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
