// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.vm.QemuCommand;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice guest-args}: the ring device for a virtual machine of the user's own. */
@Command(
        name = "guest-args",
        mixinStandardHelpOptions = true,
        description = "Prints what a virtual machine of your own needs to be guest NAME of a chain.",
        footer = {
            "",
            "Examples:",
            "  qemu-system-x86_64 ... $(sluice guest-args fw --qemu)",
            "  sluice guest-args fw --libvirt              an element for <devices>",
            "",
            "The device's arguments go to standard output, notes to standard error."
        })
final class GuestArgsCommand implements Callable<Integer> {
    private static final class Form {
        @Option(names = "--qemu", description = "As arguments of QEMU.")
        private boolean qemu;

        @Option(names = "--libvirt", description = "As XML for libvirt's <devices>.")
        private boolean libvirt;
    }

    private static final List<String> NOTES = List.of(
            "Start the backend first: QEMU connects when it starts, and never again.",
            "In the guest, as root: sluice guest FUNCTION --port auto. It needs a JDK 25 and this project's jars"
                    + " (target/dist/lib after ./sluice build), no kernel driver.",
            "A guest kernel locked down by Secure Boot forbids mapping a device from user space.",
            "On AMD hosts KVM honours the guest's uncached mapping of PCI memory, and packets are slow: the guest command"
                    + " says so when it starts.");

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The guest's name in its chain: guest:NAME.")
    private String name;

    @ArgGroup(multiplicity = "1")
    private Form form;

    @Override
    public Integer call() {
        final Path socket = RuntimeDirectory.ofProcess().guestSocket(name);
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter notes = spec.commandLine().getErr();
        if (form.qemu) {
            out.println(String.join(" ", QemuCommand.ringDevice(socket)));
            notes.println("Notes for guest " + name + ":");
        } else {
            out.println(xml(socket));
            notes.println("Notes for guest " + name + ":");
            notes.println(
                    "libvirt's QEMU runs as a user of its own: run the backend with SLUICE_RUN set to a folder that"
                            + " this user may enter, or set user and group in qemu.conf.");
        }
        NOTES.forEach(notes::println);
        return 0;
    }

    /**
     * The element of libvirt's domain XML (formatdomain, "Shared memory device"). Without an address libvirt puts the
     * device behind a PCI bridge on q35, in one IOMMU group with its neighbours; here it goes on the root bus.
     */
    private static String xml(Path socket) {
        return """
                <shmem name='sluice'>
                  <model type='ivshmem-doorbell'/>
                  <server path='%s'/>
                  <msi vectors='%d' ioeventfd='on'/>
                  <address type='pci' domain='0x0000' bus='0x00' slot='0x10' function='0x0'/>
                </shmem>""".formatted(escaped(socket.toString()), QemuCommand.VECTORS);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;");
    }
}
