// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.util.List;

/**
 * What sysfs says of the place of a card, beside what the card is.
 *
 * @param address {@code 0000:03:00.0}
 * @param driver the kernel's driver that has it; empty for none
 * @param iommuGroup its number, or empty where the kernel uses no IOMMU
 * @param groupMembers other functions of that group, which one owner must have together with it
 * @param numaNode or -1 where it has none
 * @param pcieLink {@code 5.0 GT/s x8}; empty where it is not said
 * @param interfaces names of its network interfaces
 * @param missing what stands between it and its use by Sluice
 */
public record PciSlot(
        String address,
        String driver,
        String iommuGroup,
        List<String> groupMembers,
        int numaNode,
        String pcieLink,
        List<String> interfaces,
        List<Missing> missing) {
    /**
     * Something that is missing.
     *
     * @param what in words
     * @param command what to type; empty where no command can help
     */
    public record Missing(String what, String command) {}

    public PciSlot {
        groupMembers = List.copyOf(groupMembers);
        interfaces = List.copyOf(interfaces);
        missing = List.copyOf(missing);
    }

    /** What to type, in order and each once. */
    public List<String> commands() {
        return missing.stream()
                .map(Missing::command)
                .filter(command -> !command.isEmpty())
                .distinct()
                .toList();
    }

    /** Whether the kernel works with it, rather than lend it to programs. */
    public boolean kernelUses() {
        return SysfsDevice.kernelUses(driver);
    }
}
