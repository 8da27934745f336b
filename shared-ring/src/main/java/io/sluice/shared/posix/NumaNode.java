// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A NUMA machine's nodes, and what is at each (the kernel's Documentation/ABI/stable: sysfs-devices-node, and
 * Documentation/ABI/testing: sysfs-bus-pci).
 */
public final class NumaNode {
    private static final Path NODES = Path.of("/sys/devices/system/node");

    private NumaNode() {}

    /** The node that the device with {@code folder} in sysfs is at; -1 where the kernel knows none. */
    public static int ofDevice(Path folder) {
        try {
            return Integer.parseInt(
                    Files.readString(folder.resolve("numa_node")).strip());
        } catch (IOException e) {
            return -1;
        }
    }

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
