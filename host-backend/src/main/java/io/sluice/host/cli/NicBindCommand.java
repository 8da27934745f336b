// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.BindRequest;
import io.sluice.host.nic.CardBinding;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice nic bind}: a card from the kernel to programs. */
@Command(
        name = "bind",
        mixinStandardHelpOptions = true,
        description = "Takes a card from the kernel's driver and binds it to one that lends it to programs, for"
                + " ixgbe:SLOT in chains. It stays so until sluice nic unbind, or until the machine starts again.",
        footer = {
            "",
            "Loads the driver's module where it is missing. Refuses a card that the system uses (a default route, an"
                    + " address, a bridge or VLAN on it, a packet socket, another network namespace) unless --force is"
                    + " given, and one that a program has open always. What it finds is noted in the directory where"
                    + " backends keep their files, so that unbind can put it back, also after a crash.",
            "",
            "Examples:",
            "  sluice nic bind 0000:03:00.0",
            "  sluice nic bind eth2",
            "  sluice nic bind 03:00.0 --with-group",
            "  sluice nic bind 0000:03:00.0 --driver uio_pci_generic    (without an IOMMU)",
            "",
            "Exits with 3 where the card is not bound then; nothing has changed in that case."
        })
final class NicBindCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SLOT",
            description = "The card: 0000:03:00.0, 03:00.0, or its interface; sluice nic list shows them.")
    private String slot;

    @Option(
            names = "--driver",
            paramLabel = "DRIVER",
            description = "vfio-pci (the default), by which a card reaches no memory but that of its program; or"
                    + " uio_pci_generic, where there is no IOMMU: a card that goes wrong can overwrite any"
                    + " memory then.")
    private String driver;

    @Option(
            names = "--with-group",
            description = "Also the other devices of its IOMMU group, which can have one owner only.")
    private boolean withGroup;

    @Option(
            names = "--force",
            description = "Even if the system uses it. You may lose your connection to this machine.")
    private boolean force;

    @Mixin
    private NicPlaces places;

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        places.needRoot("nic bind " + slot);
        final CardBinding binding = CardBinding.of(places.sysfs(), places.directory());
        binding.bind(new BindRequest(slot, Optional.ofNullable(driver), withGroup, force))
                .forEach(out::println);
        out.flush();
        return ExitCode.OK;
    }
}
