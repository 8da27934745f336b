// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processors of a NUMA machine's nodes (the kernel's Documentation/ABI/stable: sysfs-devices-node). */
public final class NumaNode {
    private static final Path NODES = Path.of("/sys/devices/system/node");

    private NumaNode() {}

    /** The numbers of {@code node}'s processors; none for -1 and where the kernel knows no such node. */
    public static List<Integer> processors(int node) {
        return processors(NODES, node);
    }

    static List<Integer> processors(Path nodes, int node) {
        final List<Integer> processors = new ArrayList<>();
        final String list;
        try {
            list = Files.readString(nodes.resolve("node" + node).resolve("cpulist"))
                    .strip();
        } catch (IOException e) {
            return processors;
        }
        for (String part : list.isEmpty() ? new String[0] : list.split(",")) { // a node may be memory alone
            final String[] ends = part.split("-");
            for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                processors.add(i);
            }
        }
        return processors;
    }
}
