// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import io.sluice.host.nic.BindNote;
import io.sluice.host.nic.PciSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cards on the PCI bus, whose each is, and the modules and device files by which programs get at them. */
final class CardsCheck implements Check {
    private static final String VFIO = "vfio-pci";
    private static final String UIO = "uio_pci_generic";
    private static final String CONTAINER = "dev/vfio/vfio";
    private static final String CARD_WHY = "a chain drives it by ixgbe:";
    private static final String MODULE_WHY = "sluice nic bind gives a card to programs by it";

    @Override
    public List<Finding> look(Host host) {
        final List<Finding> findings = new ArrayList<>();
        if (host.hasCards() && !host.hasIommu()) {
            findings.add(module(host, UIO, true));
            findings.add(lockdown(host));
        } else {
            findings.add(module(host, VFIO, host.hasCards()));
        }
        if (host.hasIommu() && host.exists("sys/module/vfio")) {
            findings.add(container(host));
        }
        for (PciSlot card : host.cards()) {
            findings.add(card(host, card));
        }
        for (BindNote note : host.notes()) {
            left(host, note).ifPresent(findings::add);
        }
        if (!host.hasCards()) {
            findings.add(Finding.ok(
                    "cards",
                    "none of the 82599's family; ixgbe:model0 is one in software",
                    "chains begin and end at cards"));
        }
        return findings;
    }

    private static Finding module(Host host, String name, boolean needed) {
        final String subject = "module " + name;
        return switch (KernelModule.of(host, name)) {
            case LOADED -> Finding.ok(subject, "loaded", MODULE_WHY);
            case LOADABLE -> Finding.ok(subject, "there; sluice nic bind loads it", MODULE_WHY);
            case ABSENT ->
                Finding.lack(
                        needed,
                        subject,
                        "the kernel " + host.text("proc/sys/kernel/osrelease") + " has none",
                        MODULE_WHY,
                        KernelModule.otherKernel(host));
        };
    }

    /** The kernel's Documentation/ABI: "[none] integrity confidentiality", the one in force in brackets. */
    private static Finding lockdown(Host host) {
        final String subject = "kernel lockdown";
        final String why = "a locked kernel lets no program at a card's registers, except through VFIO and an IOMMU";
        final String state = host.text("sys/kernel/security/lockdown");
        return state.isEmpty() || state.contains("[none]")
                ? Finding.ok(subject, "none", why)
                : Finding.missing(
                        subject, state + "; it comes with Secure Boot, which the firmware's setup can switch off", why);
    }

    private static Finding container(Host host) {
        final String why = "programs ask for cards by it";
        if (host.exists(CONTAINER)) {
            return Finding.ok("/" + CONTAINER, "there", why);
        }
        return Finding.lack(
                host.hasCards(),
                "/" + CONTAINER,
                "missing, though VFIO is loaded; in a container, start it with --device /dev/vfio",
                why,
                host.prompt().asRoot("mkdir -p /dev/vfio"),
                host.prompt().asRoot("mknod /dev/vfio/vfio c 10 196"));
    }

    private static Finding card(Host host, PciSlot card) {
        final String subject = "card " + card.address();
        final String why = CARD_WHY + card.address();
        if (!card.missing().isEmpty()) {
            final List<String> what =
                    card.missing().stream().map(PciSlot.Missing::what).toList();
            // One that the kernel has may be meant for the kernel.
            return Finding.lack(
                    !card.kernelUses(),
                    subject,
                    "not for programs yet; missing: " + String.join("; ", what),
                    why,
                    card.commands().toArray(String[]::new));
        }
        final String group = "dev/vfio/" + card.iommuGroup();
        if (card.driver().equals(VFIO) && !host.open(group)) {
            return Finding.missing(
                    subject,
                    "bound to " + VFIO + ", and " + host.user() + " may not open /" + group,
                    why,
                    "sudo chown " + host.user() + " /" + group);
        }
        if (card.driver().isEmpty()) {
            return Finding.ok(subject, "no driver has it", why);
        }
        return Finding.ok(subject, "bound to " + card.driver(), why);
    }

    /** What a bind that did not come to its end has left. */
    private static Optional<Finding> left(Host host, BindNote note) {
        final Optional<PciSlot> card = host.cards().stream()
                .filter(slot -> slot.address().equals(note.address()))
                .findFirst();
        final boolean halfWay = host.exists("sys/bus/pci/devices/" + note.address())
                && !host.exists("sys/bus/pci/devices/" + note.address() + "/driver");
        return halfWay
                ? Optional.of(Finding.warning(
                        "bound " + note.address(),
                        "sluice nic bind took it for " + note.driver() + " and did not come to its end"
                                + (card.isPresent() ? "" : "; it is another of a card's IOMMU group") + "; "
                                + note.history(),
                        "a device without a driver is nobody's",
                        host.prompt().sluiceAsRoot("nic unbind " + note.address())))
                : Optional.empty();
    }
}
