package io.chagres.compare.machine;

import java.util.LinkedHashMap;
import java.util.Map;

/** The limits of the number of connections. */
public final class Limits {

    /** The descriptors of a server that are no connections. */
    private static final int OTHERS = 100;

    private Limits() {}

    /** Returns the number of connections that a process may have, by its limit of descriptors. */
    public static int connections() {
        String soft = descriptors()[0];
        return soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft) - OTHERS;
    }

    /** The line {@code Max open files  1024  524288  files}, whose name has no colon. */
    private static String[] descriptors() {
        return ProcFile.lines("/proc/self/limits").stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.substring("Max open files".length()).strip().split(" +"))
                .findFirst()
                .orElseThrow();
    }

    public static Map<String, String> description() {
        Map<String, String> description = new LinkedHashMap<>();
        String[] descriptors = descriptors();
        description.put(
                "descriptors",
                "ulimit -n " + descriptors[0] + ", -Hn " + descriptors[1] + ", fs.nr_open " + value("fs/nr_open")
                        + ", fs.file-max " + value("fs/file-max"));
        description.put("ports", value("net/ipv4/ip_local_port_range").replace('\t', '-') + " for each source address");
        description.put("tcp_mem", value("net/ipv4/tcp_mem").replace('\t', ' ') + " pages");
        return description;
    }

    private static String value(String path) {
        return ProcFile.lines("/proc/sys/" + path).getFirst();
    }
}
