// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
    private final List<BindNote> notes;
    private final UseOfCard use;

    /** The cards that the sysfs at {@code root} shows, and the {@code notes} of what was taken from the kernel. */
    public SysfsCards(Path root, List<BindNote> notes) {
        this(root, notes, Prompt.ofProcess());
    }

    /** The same, with commands for {@code prompt}. */
    public SysfsCards(Path root, List<BindNote> notes, Prompt prompt) {
        this.root = root;
        this.notes = List.copyOf(notes);
        this.use = new UseOfCard(prompt);
    }

    /**
     * All of them, by address; none where there is no PCI bus.
     *
     * @throws IOException where the list cannot be read
     */
    public List<Nic> find() throws IOException {
        final List<Nic> cards = new ArrayList<>();
        for (SysfsDevice function : SysfsDevice.all(root)) {
            if (function.kind().isPresent()) {
                cards.add(read(function, function.kind().get()));
            }
        }
        return cards;
    }

    private Nic read(SysfsDevice function, String kind) throws IOException {
        final SysfsFolder folder = function.attributes();
        final NicCard.PciIds ids = new NicCard.PciIds(
                folder.hex("vendor"),
                folder.hex("device"),
                folder.hex("subsystem_vendor"),
                folder.hex("subsystem_device"),
                folder.hex("revision"));
        final PciSlot slot = slot(function);
        final SysfsInterface first = slot.interfaces().isEmpty()
                ? SysfsInterface.NONE
                : SysfsInterface.read(function.folder()
                        .resolve("net")
                        .resolve(slot.interfaces().getFirst()));
        final NicCard card = new NicCard(
                new NicCard.Identity(function.address(), kind, door(slot), "", ids, first.mac()),
                first.link(),
                "",
                first.traffic(),
                first.counters(),
                List.of(),
                List.of(),
                List.of(),
                remarks(slot, first));
        return Nic.onBus(card, slot);
    }

    private static String door(PciSlot slot) {
        if (slot.driver().isEmpty()) {
            return "no driver has it";
        }
        return slot.kernelUses()
                ? "the kernel's driver " + slot.driver() + " has it"
                : slot.driver() + ", for programs";
    }

    private List<String> remarks(PciSlot slot, SysfsInterface first) {
        final List<String> remarks = new ArrayList<>();
        if (!first.counters().isEmpty()) {
            remarks.add("counters are those of the kernel's interface "
                    + slot.interfaces().getFirst());
        }
        for (BindNote note : notes) {
            if (note.address().equals(slot.address()) && !slot.kernelUses()) {
                remarks.add("taken from the kernel by sluice nic bind; " + note.history() + "; to give it back: "
                        + use.prompt().sluiceAsRoot("nic unbind " + slot.address()));
            }
        }
        return remarks;
    }

    private PciSlot slot(SysfsDevice function) throws IOException {
        final SysfsFolder folder = function.attributes();
        final String speed = folder.text("current_link_speed");
        // 0 where the link's state is not known, behind a conventional bridge for example.
        final long width = folder.number("current_link_width", 0);
        return new PciSlot(
                function.address(),
                function.driver(),
                function.group(),
                function.groupMembers().stream().map(SysfsDevice::address).toList(),
                (int) folder.number("numa_node", -1),
                width <= 0 ? "" : speed + " x" + width,
                function.interfaces(),
                use.missing(function));
    }
}
