// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What virtual machines need: QEMU, the devices that it must know, and KVM. */
final class MachinesCheck implements Check {
    private static final String QEMU = "qemu-system-x86_64";
    private static final String RING_DEVICE = "ivshmem-doorbell";
    private static final String CARD_DEVICE = "vfio-user-pci";
    private static final String KVM = "KVM";
    private static final String HOME_PROPERTY = "sluice.home";

    @Override
    public List<Finding> look(Host host) {
        final List<Finding> findings = new ArrayList<>(qemu(host));
        findings.add(kvm(host));
        return findings;
    }

    private static List<Finding> qemu(Host host) {
        final String why = "sluice vm runs guests in it; guests in processes and containers need none";
        final Optional<String> version = host.programs().output(List.of(QEMU, "--version"));
        if (version.isEmpty()) {
            return List.of(Finding.warning("QEMU", "not installed", why, install(host)));
        }
        final String first = version.get().lines().findFirst().orElse("");
        final List<Finding> findings = new ArrayList<>();
        findings.add(
                knows(host, RING_DEVICE)
                        ? Finding.ok("QEMU", first, why)
                        : Finding.missing(
                                "QEMU", first + ", built without the device " + RING_DEVICE, why, install(host)));
        final String cards = "sluice nic serve gives a virtual machine a card in software by it";
        if (knows(host, CARD_DEVICE)) {
            findings.add(Finding.ok("QEMU's vfio-user", CARD_DEVICE, cards));
        } else {
            final Path script = Path.of(System.getProperty(HOME_PROPERTY, ""), ".ci/qemu");
            findings.add(Finding.warning(
                    "QEMU's vfio-user",
                    "no device " + CARD_DEVICE + ", which came with QEMU 10.1",
                    cards,
                    Files.isExecutable(script) && script.isAbsolute()
                            ? new String[] {script.toString()}
                            : new String[0]));
        }
        return findings;
    }

    /** An older QEMU complains about what it does not know on its standard error. */
    private static boolean knows(Host host, String device) {
        return host.programs()
                .output(List.of(QEMU, "-device", device + ",help"))
                .filter(text -> !text.isEmpty())
                .isPresent();
    }

    private static String[] install(Host host) {
        return host.debian() ? new String[] {host.prompt().asRoot("apt-get install qemu-system-x86")} : new String[0];
    }

    private static Finding kvm(Host host) {
        final String why = "without it guests in virtual machines run by translation, some ten times slower";
        if (host.open("dev/kvm")) {
            return Finding.ok(KVM, "/dev/kvm opens; sluice vm tries once whether a guest boots under it", why);
        }
        if (host.exists("dev/kvm")) {
            return Finding.warning(
                    KVM,
                    "/dev/kvm may not be opened by this user",
                    why,
                    "sudo usermod -aG kvm " + host.user(),
                    "newgrp kvm");
        }
        final String flags = host.lines("proc/cpuinfo").stream()
                        .filter(line -> line.startsWith("flags"))
                        .findFirst()
                        .orElse("")
                + " ";
        final String module = flags.contains(" vmx ") ? "kvm-intel" : flags.contains(" svm ") ? "kvm-amd" : "";
        if (module.isEmpty()) {
            return Finding.warning(
                    KVM,
                    "the processor offers no virtualization here: it is off in the firmware's setup, or this is a virtual"
                            + " machine whose host does not nest",
                    why);
        }
        return switch (KernelModule.of(host, module)) {
            case ABSENT ->
                Finding.warning(KVM, "the kernel has no module " + module, why, KernelModule.otherKernel(host));
            case LOADABLE ->
                Finding.warning(
                        KVM,
                        "there is no /dev/kvm, though the processor can",
                        why,
                        host.prompt().asRoot("modprobe " + module));
            case LOADED ->
                Finding.warning(
                        KVM,
                        "there is no /dev/kvm, though the kernel has " + module
                                + ": a container needs --device /dev/kvm",
                        why);
        };
    }
}
