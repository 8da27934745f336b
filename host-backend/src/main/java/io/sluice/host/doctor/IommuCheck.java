// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The IOMMU, which decides what memory a card can reach, and whether it holds interrupts apart too. */
final class IommuCheck implements Check {
    private static final String SUBJECT = "IOMMU";
    private static final String WHY =
            "with an IOMMU a card reaches the memory of its program and no other; without one it can overwrite anything";
    private static final String INTEL_ON = "intel_iommu=on";
    private static final String REMAPPING = "interrupt remapping";
    private static final String TABLES = "sys/firmware/acpi/tables/";
    private static final String UNSAFE = "/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts";

    @Override
    public List<Finding> look(Host host) {
        final List<Finding> findings = new ArrayList<>();
        if (!host.hasIommu()) {
            findings.add(absent(host));
            return findings;
        }
        final int groups = host.names("sys/kernel/iommu_groups").size();
        findings.add(Finding.ok(
                SUBJECT,
                String.join(", ", host.names("sys/class/iommu")) + "; " + groups + (groups == 1 ? " group" : " groups"),
                WHY));
        findings.add(remapping(host));
        return findings;
    }

    private static Finding absent(Host host) {
        // Where all cards are bound for use without one, somebody has decided that.
        final boolean needed =
                host.cards().stream().anyMatch(card -> !card.missing().isEmpty());
        final boolean intel = host.exists(TABLES + "DMAR");
        if (!intel && !host.exists(TABLES + "IVRS")) {
            final boolean virtual = host.lines("proc/cpuinfo").stream()
                    .anyMatch(line -> line.startsWith("flags") && line.contains(" hypervisor"));
            final String remedy = virtual
                    ? "this is a virtual machine: give it one (QEMU: -machine q35,kernel-irqchip=split"
                            + " -device intel-iommu,intremap=on,caching-mode=on), and start its kernel with intel_iommu=on"
                    : "switch on VT-d (Intel) or AMD-Vi (AMD) in the firmware's setup";
            return Finding.lack(needed, SUBJECT, "none: the firmware describes none; " + remedy, WHY);
        }
        if (!intel) {
            // AMD's is used unless that is forbidden.
            return Finding.lack(
                    needed,
                    SUBJECT,
                    "none in use, though the firmware describes one: take amd_iommu=off and iommu=off from the kernel's"
                            + " command line, and see what 'dmesg | grep -i -e amd-vi -e iommu' says",
                    WHY);
        }
        if (lastParameter(host).equals(INTEL_ON)) {
            return Finding.lack(
                    needed,
                    SUBJECT,
                    "none: the kernel was told to use the one that the firmware describes, and does not; see what 'dmesg"
                            + " | grep -i -e dmar -e iommu' says",
                    WHY);
        }
        return Finding.lack(
                needed,
                SUBJECT,
                "none in use: the firmware describes one, and the kernel does not use it; "
                        + KernelParameter.words(INTEL_ON),
                WHY,
                KernelParameter.commands(host, INTEL_ON));
    }

    /** The last word of the kernel's command line about it is the one that counts. */
    private static String lastParameter(Host host) {
        return Stream.of(host.text("proc/cmdline").split("\\s+"))
                .filter(word -> word.startsWith("intel_iommu="))
                .reduce("", (earlier, later) -> later);
    }

    /** The kernel names interrupts that an IOMMU remaps so: IR-PCI-MSI, IR-IO-APIC. */
    private static Finding remapping(Host host) {
        final String why = "without it a program with a card could raise any interrupt, so VFIO refuses to give it one";
        if (host.lines("proc/interrupts").stream().anyMatch(line -> line.contains(" IR-"))) {
            return Finding.ok(REMAPPING, "on", why);
        }
        if (host.text(UNSAFE.substring(1)).equals("Y")) {
            return Finding.warning(REMAPPING, "off, and VFIO was told to do without", why);
        }
        return Finding.lack(
                host.hasCards(),
                REMAPPING,
                "off; look for a setting in the firmware (x2APIC, interrupt remapping). Without it, if all programs that"
                        + " get cards are yours:",
                why,
                host.prompt().asRoot("modprobe vfio_iommu_type1"),
                host.prompt().writeAsRoot("Y", UNSAFE));
    }
}
