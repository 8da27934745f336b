// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.CardBinding;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice nic unbind}: a card back to the kernel. */
@Command(
        name = "unbind",
        mixinStandardHelpOptions = true,
        description = "Gives a card back to the kernel's driver, whatever has become of the program that had it.",
        footer = {
            "",
            "A card that a dead program left running is stopped and reset before. Addresses that its interface had are"
                    + " printed as commands, not set.",
            "",
            "Examples:",
            "  sluice nic unbind 0000:03:00.0",
            "  sluice nic unbind 0000:03:00.0 --with-group",
            "",
            "Exits with 3 where a program has the card open, or no driver takes it."
        })
final class NicUnbindCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SLOT", description = "The card: 0000:03:00.0 or 03:00.0.")
    private String slot;

    @Option(names = "--with-group", description = "Also the other devices of its IOMMU group that bind has taken.")
    private boolean withGroup;

    @Mixin
    private NicPlaces places;

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        places.needRoot("nic unbind " + slot);
        CardBinding.of(places.sysfs(), places.directory())
                .unbind(slot, withGroup)
                .forEach(out::println);
        out.flush();
        return ExitCode.OK;
    }
}
