package io.chagres.labs;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The check of lab 10, in two network namespaces that are joined by a cable: a pair of veth devices. They are removed by the kernel when the
 * last process in them ends. A user who is not root is root in a user namespace, if the machine allows it.
 */
final class VanishedPeerCheck {

    static final String PEER_IP = "192.0.2.2";
    static final String PEER = "peer";
    static final String CABLE = "cable0";

    private static final String IP = "192.0.2.1";
    private static final String MAC = "02:00:00:00:00:01";
    private static final String PEER_MAC = "02:00:00:00:00:02";

    /** The neighbours are permanent. Otherwise ARP would notice the cut first, and the error would be EHOSTUNREACH. */
    private static final String NETWORK = String.join(
            "\n",
            "set -e",
            "mount -t tmpfs none /run",
            "ip netns add " + PEER,
            "ip link add name " + CABLE + " address " + MAC + " type veth peer name " + CABLE + " address " + PEER_MAC
                    + " netns " + PEER,
            "ip address add " + IP + "/24 dev " + CABLE,
            "ip link set " + CABLE + " up",
            "ip neighbour add " + PEER_IP + " lladdr " + PEER_MAC + " dev " + CABLE + " nud permanent",
            "ip -n " + PEER + " address add " + PEER_IP + "/24 dev " + CABLE,
            "ip -n " + PEER + " link set " + CABLE + " up",
            "ip -n " + PEER + " neighbour add " + IP + " lladdr " + MAC + " dev " + CABLE + " nud permanent");

    private VanishedPeerCheck() {}

    static void run(Lab lab, Report report) throws Exception {
        Processes.Outcome trial = Processes.run(inNamespaces(List.of("true")));
        if (trial.status() != 0) {
            throw new Skipped("this machine does not allow network namespaces: " + trial.output());
        }
        List<String> program = Processes.java(CutProgram.class, lab.classes().toString());
        List<String> lines =
                Processes.run(inNamespaces(program)).output().lines().toList();
        for (String name : List.of("silent", "talking")) {
            String end = lines.stream()
                    .filter(line -> line.startsWith(name + " "))
                    .findFirst()
                    .orElse(name + " has not run: " + lines);
            report.expect(
                    "the " + name + " connection, after the cable was cut",
                    "ETIMEDOUT",
                    end.substring(name.length() + 1));
        }
    }

    private static List<String> inNamespaces(List<String> command) {
        boolean isRoot = System.getProperty("user.name").equals("root");
        List<String> whole = new ArrayList<>(List.of("unshare", "--net", "--mount"));
        if (!isRoot) {
            whole.add("--map-root-user");
        }
        Stream.of("sh", "-c", NETWORK + "\nexec \"$@\"", "sh").forEach(whole::add);
        whole.addAll(command);
        return whole;
    }
}
