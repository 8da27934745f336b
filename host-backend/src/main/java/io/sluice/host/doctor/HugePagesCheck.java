// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import io.sluice.host.nic.PciSlot;
import java.util.List;
import java.util.TreeSet;

/** Huge pages of 2 MiB, on the NUMA nodes of the cards (the kernel's Documentation/admin-guide/mm/hugetlbpage.rst). */
final class HugePagesCheck implements Check {
    private static final String SUBJECT = "huge pages";
    private static final String WHY = "packet memory in huge pages is faster; a card without an IOMMU can use no other,"
            + " since only these stay at one physical address";
    private static final String POOL = "hugepages/hugepages-2048kB/";
    private static final String SYSTEM = "sys/kernel/mm/" + POOL;
    /** Memory for the rings of some chains: the largest ring there is has 4096 slots of 2 KiB, four pages. */
    private static final int ENOUGH = 64;

    @Override
    public List<Finding> look(Host host) {
        if (!host.exists(SYSTEM + "nr_hugepages")) {
            return List.of(
                    Finding.lack(withoutIommu(host), SUBJECT, "this kernel has none of 2 MiB (CONFIG_HUGETLBFS)", WHY));
        }
        // On a machine with one node the whole system's pool is that node's.
        final TreeSet<Integer> nodes = new TreeSet<>();
        if (host.exists("sys/devices/system/node/node1")) {
            host.cards().stream()
                    .map(PciSlot::numaNode)
                    .filter(node -> node >= 0)
                    .forEach(nodes::add);
        }
        if (nodes.isEmpty()) {
            return List.of(pool(host, SUBJECT, SYSTEM));
        }
        return nodes.stream()
                .map(node -> {
                    final String folder = "sys/devices/system/node/node" + node + "/" + POOL;
                    return pool(host, SUBJECT + ", node " + node, folder);
                })
                .toList();
    }

    private static Finding pool(Host host, String subject, String folder) {
        final long total = host.number(folder + "nr_hugepages");
        final long free = host.number(folder + "free_hugepages");
        final String found = total == 0 ? "none" : free + " free of " + total;
        if (free > 0) {
            return Finding.ok(subject, found + ", 2 MiB each", WHY);
        }
        final Finding lack = Finding.lack(
                withoutIommu(host),
                subject,
                found,
                WHY,
                host.prompt().writeAsRoot(Long.toString(total + ENOUGH), "/" + folder + "nr_hugepages"));
        // What sysctl sets are pages of the usual size, on all nodes.
        return host.lines("proc/meminfo").stream().anyMatch(line -> line.matches("Hugepagesize: +2048 kB"))
                ? lack.lasting(host.prompt()
                        .writeAsRoot(
                                "vm.nr_hugepages=" + (host.number(SYSTEM + "nr_hugepages") + ENOUGH),
                                "/etc/sysctl.d/80-sluice.conf"))
                : lack;
    }

    /** Whether a card is to be used that no IOMMU stands before. */
    private static boolean withoutIommu(Host host) {
        return host.cards().stream().anyMatch(card -> card.iommuGroup().isEmpty());
    }
}
