// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice nic}: the 82599, cards and models. */
@Command(
        name = "nic",
        mixinStandardHelpOptions = true,
        description =
                "Shows network cards of the 82599's family and models of it, takes cards from the kernel and gives them"
                        + " back, and serves a model to other programs.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            NicListCommand.class,
            NicInfoCommand.class,
            NicStatsCommand.class,
            NicWatchCommand.class,
            NicBindCommand.class,
            NicUnbindCommand.class,
            NicServeCommand.class,
            NicFaultCommand.class,
            NicSelfTestCommand.class
        },
        footer = {
            "",
            "Cards are those that running backends (sluice run) and sluice nic serve hold, which they report four times a"
                    + " second, and those that the kernel shows in sysfs. Looking disturbs neither.",
            "",
            "Examples:",
            "  sluice nic list",
            "  sluice nic info model0",
            "  sluice nic stats model0",
            "  sluice nic watch --count 10",
            "  sluice nic bind 0000:03:00.0",
            "  sluice nic serve model0 --vfio-user /run/sluice/card.sock --wire tap:lan",
            "  sluice nic fault model0 link-down",
            "  sluice nic selftest 0000:03:00.0"
        })
final class NicCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do with cards: list, info, stats, watch, bind, unbind, serve, fault or selftest");
    }
}
