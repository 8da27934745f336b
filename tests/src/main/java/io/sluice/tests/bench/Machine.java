// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What figures depend on, apart from the code. */
final class Machine {
    private static final String AOT_CACHE = "-XX:AOTCache=";
    private static final Path CPUS = Path.of("/sys/devices/system/cpu");

    private Machine() {}

    /** Processor, kernel, Java and its flags. */
    static Map<String, String> describe() throws IOException {
        final Map<String, String> machine = new LinkedHashMap<>();
        machine.put("cpu", cpuModel());
        machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("virtual", flag("hypervisor") ? "yes: other guests of its host may be in the figures" : "no");
        machine.put(
                "load", Files.readString(Path.of("/proc/loadavg")).split(" ")[0] + " before the first run, 0 is quiet");
        machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("jdk", System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"));
        machine.put(
                "flags",
                String.join(" ", javaFlags().stream().map(Machine::withoutPlace).toList()));
        return machine;
    }

    /** The flags of this JVM, which its workers get too. */
    static List<String> javaFlags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-D"))
                .toList();
    }

    /** The flag, where it names a file without that file's place on this machine. */
    private static String withoutPlace(String flag) {
        return flag.startsWith(AOT_CACHE)
                ? AOT_CACHE + Path.of(flag.substring(AOT_CACHE.length())).getFileName()
                : flag;
    }

    private static String cpuModel() throws IOException {
        return cpuInfo("model name");
    }

    private static boolean flag(String name) throws IOException {
        return List.of(cpuInfo("flags").split(" ")).contains(name);
    }

    private static String cpuInfo(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown to /proc/cpuinfo");
    }

    /**
     * The first {@code count} of {@code allowed} processors that are cores of their own.
     *
     * @throws BenchException where there are not as many
     */
    static List<Integer> cores(BitSet allowed, int count) throws IOException {
        final List<Integer> cores = new ArrayList<>();
        final Set<String> seen = new HashSet<>();
        for (int cpu = allowed.nextSetBit(0); cpu >= 0 && cores.size() < count; cpu = allowed.nextSetBit(cpu + 1)) {
            final Path siblings = CPUS.resolve("cpu" + cpu + "/topology/thread_siblings_list");
            if (seen.add(Files.exists(siblings) ? Files.readString(siblings) : Integer.toString(cpu))) {
                cores.add(cpu);
            }
        }
        if (cores.size() < count) {
            throw new BenchException("a benchmark needs " + count + " cores, each for one process: allowed=" + allowed
                    + " cores=" + cores + "; see taskset(1) and the cgroup's cpuset.cpus");
        }
        return cores;
    }
}
