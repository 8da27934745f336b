// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.util.List;

/** How much memory a process may pin, for a card or otherwise (getrlimit(2), RLIMIT_MEMLOCK; capabilities(7)). */
final class LockedMemoryCheck implements Check {
    private static final String SUBJECT = "locked memory";
    private static final String WHY = "VFIO pins the memory that a card can reach, which counts as locked";
    private static final String LIMIT = "Max locked memory";
    private static final int CAP_IPC_LOCK = 14;
    private static final String INITIAL_NAMESPACE = "4294967295";
    private static final long NEEDED_BYTES = 128L << 20;

    @Override
    public List<Finding> look(Host host) {
        final String[] limits = host.lines("proc/self/limits").stream()
                .filter(line -> line.startsWith(LIMIT))
                .findFirst()
                .map(line -> line.substring(LIMIT.length()).strip().split("\\s+"))
                .orElse(new String[] {"0", "0"});
        final long soft = bytes(limits[0]);
        if (unlimited(host)) {
            return List.of(Finding.ok(SUBJECT, "no limit for this user (CAP_IPC_LOCK)", WHY));
        }
        if (soft >= NEEDED_BYTES) {
            return List.of(Finding.ok(
                    SUBJECT,
                    soft == Long.MAX_VALUE ? "no limit" : "up to " + (soft >> 20) + " MiB for a process",
                    WHY));
        }
        // The shell's own command cannot go beyond the hard limit; root's can.
        final boolean shell = host.prompt().root() || bytes(limits[1]) == Long.MAX_VALUE;
        return List.of(Finding.lack(
                        host.hasIommu() && host.hasCards(),
                        SUBJECT,
                        "up to " + (soft >> 10) + " KiB for a process, a chain with cards takes up to "
                                + (NEEDED_BYTES >> 20) + " MiB",
                        WHY,
                        shell ? "ulimit -l unlimited" : "sudo prlimit --pid $$ --memlock=unlimited")
                .lasting(host.prompt()
                        .writeAsRoot(
                                "'" + host.user() + " - memlock unlimited'", "/etc/security/limits.d/80-sluice.conf")));
    }

    /** A capability counts in the first user namespace alone, whose ids are all ids (user_namespaces(7)). */
    private static boolean unlimited(Host host) {
        final boolean first = host.text("proc/self/uid_map").endsWith(INITIAL_NAMESPACE);
        return first
                && host.lines("proc/self/status").stream()
                        .filter(line -> line.startsWith("CapEff:"))
                        .mapToLong(line -> Long.parseUnsignedLong(
                                line.substring("CapEff:".length()).strip(), 16))
                        .anyMatch(capabilities -> (capabilities >> CAP_IPC_LOCK & 1) == 1);
    }

    private static long bytes(String limit) {
        return limit.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit);
    }
}
