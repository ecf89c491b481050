package io.chagres.compare.machine;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The facts about the machine that a reader needs to judge the figures. */
public final class Machine {

    private Machine() {}

    public static Map<String, String> description() {
        Map<String, String> description = new LinkedHashMap<>();
        description.put(
                "processor", ProcFile.field("/proc/cpuinfo", "model name").orElse("unknown"));
        description.put("architecture", System.getProperty("os.arch"));
        description.put("cores", Integer.toString(processors()));
        description.put("memory", ProcFile.field("/proc/meminfo", "MemTotal").orElse("unknown"));
        description.put("hypervisor", isVirtual() ? "yes" : "not seen");
        description.put("kernel", System.getProperty("os.version"));
        description.put("java", System.getProperty("java.vm.name") + ' ' + System.getProperty("java.vm.version"));
        program(description, "gcc", "gcc", "--version");
        program(description, "go", "go", "version");
        program(description, "node", "node", "--version");
        program(description, "redis", "redis-server", "--version");
        return description;
    }

    private static int processors() {
        return (int) ProcFile.lines("/proc/cpuinfo").stream()
                .filter(line -> line.startsWith("processor"))
                .count();
    }

    private static boolean isVirtual() {
        return ProcFile.lines("/proc/cpuinfo").stream()
                .anyMatch(line -> line.startsWith("flags") && line.contains(" hypervisor"));
    }

    private static void program(Map<String, String> description, String name, String... command) {
        if (Command.exists(command[0])) {
            try {
                description.put(
                        name, Command.output(command).lines().findFirst().orElse(""));
            } catch (IOException broken) {
                description.put(name, broken.getMessage());
            }
        }
    }
}
