// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A function on the PCI bus as sysfs shows it now: nothing is kept, every call reads again.
 *
 * @param sysfs where sysfs is
 * @param address {@code 0000:03:00.0}
 */
record SysfsDevice(Path sysfs, String address) {
    static final String VFIO = "vfio-pci";
    static final String UIO = "uio_pci_generic";

    /** Drivers that do nothing with a card themselves. */
    static final Set<String> FOR_PROGRAMS = Set.of(VFIO, UIO, "pci-stub", "igb_uio");

    /** Drivers that leave the rest of their IOMMU group to VFIO: they set {@code driver_managed_dma}. */
    private static final Set<String> LEAVE_GROUP = Set.of(VFIO, "pci-stub", "pcieport", "shpchp");

    private static final String DEVICES = "bus/pci/devices";
    private static final int CLASS_NETWORK = 0x02;
    private static final int CLASS_BRIDGE_PCI = 0x0604;

    /** All functions there are, by address. */
    static List<SysfsDevice> all(Path sysfs) throws IOException {
        return names(sysfs.resolve(DEVICES)).stream()
                .map(address -> new SysfsDevice(sysfs, address))
                .toList();
    }

    /** The function that a user means: by {@code 0000:03:00.0}, {@code 03:00.0}, or its interface {@code eth2}. */
    static Optional<SysfsDevice> named(Path sysfs, String name) throws IOException {
        for (SysfsDevice function : all(sysfs)) {
            if (function.address.equals(name)
                    || function.address.equals("0000:" + name)
                    || function.interfaces().contains(name)) {
                return Optional.of(function);
            }
        }
        return Optional.empty();
    }

    Path folder() {
        return sysfs.resolve(DEVICES).resolve(address);
    }

    SysfsFolder attributes() {
        return new SysfsFolder(folder());
    }

    /** What a card of the family is called; empty for anything else. */
    Optional<String> kind() {
        final SysfsFolder attributes = attributes();
        return PciNames.of(attributes.hex("vendor"), attributes.hex("device"));
    }

    /** Vendor and device, {@code 8086:10fb}. */
    String ids() {
        return "%04x:%04x".formatted(attributes().hex("vendor"), attributes().hex("device"));
    }

    /** The driver that has it; empty for none. */
    String driver() {
        return attributes().target("driver");
    }

    /** Whether a driver of the kernel's has it that works with it, rather than lend it to programs. */
    boolean kernelUses() {
        return kernelUses(driver());
    }

    static boolean kernelUses(String driver) {
        return !driver.isEmpty() && !FOR_PROGRAMS.contains(driver);
    }

    /** The driver that alone may have it, sysfs's driver_override; empty where any may. */
    String override() {
        final String text = attributes().text("driver_override");
        return text.equals("(null)") ? "" : text;
    }

    /** Its IOMMU group's number; empty where no IOMMU stands before it. */
    String group() {
        return attributes().target("iommu_group");
    }

    /** Whether addresses that it uses for DMA are translated, and so not those of memory. */
    boolean translated() {
        return !group().isEmpty() && !attributes().text("iommu_group/type").equals("identity");
    }

    /** The others in its IOMMU group. */
    List<SysfsDevice> groupMembers() throws IOException {
        return names(folder().resolve("iommu_group/devices")).stream()
                .filter(other -> !other.equals(address))
                .map(other -> new SysfsDevice(sysfs, other))
                .toList();
    }

    /** Those of its group that keep VFIO from giving the group to a program: others than bridges, with a driver. */
    List<SysfsDevice> groupObstacles() throws IOException {
        return groupMembers().stream()
                .filter(other -> !other.bridge() && !other.driver().isEmpty() && !LEAVE_GROUP.contains(other.driver()))
                .toList();
    }

    List<String> interfaces() throws IOException {
        return names(folder().resolve("net"));
    }

    boolean bridge() {
        return classCode() >> 8 == CLASS_BRIDGE_PCI;
    }

    boolean network() {
        return classCode() >> 16 == CLASS_NETWORK;
    }

    /** Base class, class and interface, 8 bits each (PCI Code and ID Assignment Specification). */
    private int classCode() {
        return attributes().hex("class");
    }

    /** {@code 0000:03:00.0 (ixgbe, eth2)}. */
    String words() throws IOException {
        final List<String> words = new ArrayList<>();
        words.add(driver().isEmpty() ? "no driver" : driver());
        words.addAll(interfaces());
        return address + " (" + String.join(", ", words) + ")";
    }

    /** Entries of a folder, sorted; none where there is no such folder. */
    static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
