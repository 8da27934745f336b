// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cards of the 82599's family that the kernel shows, by reading sysfs alone (the kernel's Documentation/ABI/testing:
 * sysfs-bus-pci, sysfs-class-net, sysfs-class-net-statistics).
 *
 * <pre>
 *   bus/pci/devices/0000:03:00.0/
 *     vendor, device, subsystem_vendor, subsystem_device, revision      0x8086
 *     driver -&gt; .../drivers/ixgbe      iommu_group -&gt; .../iommu_groups/12      numa_node
 *     current_link_speed, current_link_width
 *     net/eth2/  address, operstate, carrier_changes, speed, statistics/rx_packets, ...
 * </pre>
 */
public final class SysfsCards {
    /** Where sysfs is. */
    public static final Path ROOT = Path.of("/sys");

    private final Path root;

    /** The cards that the sysfs at {@code root} shows. */
    public SysfsCards(Path root) {
        this.root = root;
    }

    /**
     * All of them, by address; none where there is no PCI bus.
     *
     * @throws IOException where the list cannot be read
     */
    public List<Nic> find() throws IOException {
        final Path devices = root.resolve("bus/pci/devices");
        final List<Nic> cards = new ArrayList<>();
        for (Path device : entries(devices)) {
            read(device).ifPresent(cards::add);
        }
        return cards;
    }

    private Optional<Nic> read(Path device) throws IOException {
        final SysfsFolder folder = new SysfsFolder(device);
        final NicCard.PciIds ids = new NicCard.PciIds(
                folder.hex("vendor"),
                folder.hex("device"),
                folder.hex("subsystem_vendor"),
                folder.hex("subsystem_device"),
                folder.hex("revision"));
        final Optional<String> kind = PciNames.of(ids.vendor(), ids.device());
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        final String address = device.getFileName().toString();
        final List<Path> interfaces = entries(device.resolve("net"));
        final PciSlot slot = slot(folder, address, interfaces);
        final SysfsInterface first =
                interfaces.isEmpty() ? SysfsInterface.NONE : SysfsInterface.read(interfaces.getFirst());
        final String door =
                slot.driver().isEmpty() ? "no driver has it" : "the kernel's driver " + slot.driver() + " has it";
        final NicCard card = new NicCard(
                new NicCard.Identity(address, kind.get(), door, "", ids, first.mac()),
                first.link(),
                "",
                first.traffic(),
                first.counters(),
                List.of(),
                List.of(),
                List.of(),
                first.counters().isEmpty()
                        ? List.of()
                        : List.of("counters are those of the kernel's interface "
                                + slot.interfaces().getFirst()));
        return Optional.of(Nic.onBus(card, slot));
    }

    private static PciSlot slot(SysfsFolder folder, String address, List<Path> interfaces) throws IOException {
        final String driver = folder.target("driver");
        final String group = folder.target("iommu_group");
        final List<String> names = names(interfaces);
        final List<String> members = new ArrayList<>(names(entries(folder.path().resolve("iommu_group/devices"))));
        members.remove(address);
        final String speed = folder.text("current_link_speed");
        return new PciSlot(
                address,
                driver,
                group,
                members,
                (int) folder.number("numa_node", -1),
                speed.isEmpty() ? "" : speed + " x" + folder.text("current_link_width"),
                names,
                UseOfCard.missing(address, driver, group, members, names));
    }

    private static List<String> names(List<Path> paths) {
        return paths.stream().map(path -> path.getFileName().toString()).toList();
    }

    private static List<Path> entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
