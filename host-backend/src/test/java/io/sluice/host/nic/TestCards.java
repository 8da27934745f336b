// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.memory.EpochClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Cards for tests: one that a process reports, and folders that look like sysfs. */
public final class TestCards {
    private TestCards() {}

    /** A model with some traffic, {@code factor} times as much as with 1. */
    public static NicCard model(String name, long factor) {
        return new NicCard(
                new NicCard.Identity(
                        name,
                        "82599ES SFP+",
                        "model in this process",
                        "tap:lan",
                        new NicCard.PciIds(PciNames.INTEL, 0x10FB, PciNames.INTEL, 0x0003, 1),
                        "00:1b:21:0a:0b:0c"),
                new NicCard.Link("up", 10_000, "", 1),
                "10GBASE-SR",
                new NicCard.Traffic(
                        EpochClock.nanos(), 1_000 * factor, 64_000 * factor, 900 * factor, 57_600 * factor, 7 * factor),
                List.of(
                        new NicCard.Counter("GPRC", "received: good packets", 1_000 * factor),
                        new NicCard.Counter("CRCERRS", "receive errors: check sequence", 0)),
                List.of(
                        new NicCard.Queue(true, 0, "chain1 forward", 512, 511, 1_000 * factor, 64_000 * factor, 7),
                        new NicCard.Queue(false, 0, "chain1 backward", 512, 0, 900 * factor, 57_600 * factor, 0)),
                List.of(new NicCard.Pool(3, "chain1", "00:1b:21:0a:0b:0d", "6-7")),
                List.of("link lost, by order"),
                List.of("\"quoted\" \u00b5s"));
    }

    /** A card as found on the bus. */
    public static Nic onBus(NicCard card, PciSlot slot) {
        return Nic.onBus(card, slot);
    }

    public static Nic held(NicCard card, long process, NicHolder.Life life, long beatNanos) {
        return Nic.held(card, new NicHolder(process, "run", life, beatNanos - 60_000_000_000L, beatNanos));
    }

    /**
     * Adds a function to a folder that stands for sysfs.
     *
     * @param driver the kernel's driver that has it; empty for none
     * @param group its IOMMU group; empty for none
     */
    public static Path addDevice(Path sysfs, String address, int vendor, int device, String driver, String group)
            throws IOException {
        final Path folder =
                Files.createDirectories(sysfs.resolve("bus/pci/devices").resolve(address));
        write(
                folder,
                Map.of(
                        "vendor", hex(vendor),
                        "device", hex(device),
                        "subsystem_vendor", hex(vendor),
                        "subsystem_device", "0x0003",
                        "revision", "0x01",
                        "class", "0x020000",
                        "driver_override", "(null)",
                        "numa_node", "1",
                        "current_link_speed", "5.0 GT/s PCIe",
                        "current_link_width", "8"));
        if (!driver.isEmpty()) {
            Files.createSymbolicLink(folder.resolve("driver"), addDriver(sysfs, driver));
        }
        if (!group.isEmpty()) {
            final Path target = Files.createDirectories(
                    sysfs.resolve("kernel/iommu_groups").resolve(group).resolve("devices"));
            Files.createSymbolicLink(target.resolve(address), folder);
            Files.createSymbolicLink(folder.resolve("iommu_group"), target.getParent());
        }
        return folder;
    }

    /** Adds a driver, as one whose module has been loaded. */
    public static Path addDriver(Path sysfs, String driver) throws IOException {
        return Files.createDirectories(sysfs.resolve("bus/pci/drivers").resolve(driver));
    }

    private static String hex(int value) {
        return String.format("0x%04x", value);
    }

    /** Gives a function a network interface with some traffic. */
    public static void addInterface(Path device, String name, Map<String, String> attributes) throws IOException {
        final Path folder = Files.createDirectories(device.resolve("net").resolve(name));
        write(folder, attributes);
        write(
                Files.createDirectories(folder.resolve("statistics")),
                Map.of("rx_packets", "12", "rx_bytes", "1200", "tx_packets", "34", "tx_bytes", "3400"));
    }

    static void write(Path folder, Map<String, String> attributes) throws IOException {
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            Files.writeString(folder.resolve(attribute.getKey()), attribute.getValue() + '\n');
        }
    }
}
