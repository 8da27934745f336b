// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.shared.agent.LogFormat;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The {@code sluice} command. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Packets into and out of virtual machines, over shared-memory rings.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            StatusCommand.class,
            NicCommand.class,
            DoctorCommand.class,
            GuestCommand.class,
            VmCommand.class,
            GuestArgsCommand.class,
            CompletionCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  sluice demo                                              try it, without hardware or root",
            "  sluice run 'tap:lan <=> guest:fw <=> tap:wan'            a backend with one chain",
            "  sluice nic watch                                         what cards and models do, per second",
            "  sluice doctor                                            what this host has and lacks, and what to type",
            "  sluice guest firewall --port ptnet:/run/sluice/fw.sock   a process as its guest",
            "",
            "In the checkout: sluice test runs all tests, sluice bench measures."
        })
public final class Main {
    private Main() {}

    /** Runs the command that {@code args} name, and exits with its code. */
    public static void main(String[] args) {
        LogFormat.set();
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        final CommandLine commandLine = new CommandLine(new Main())
                .setExecutionExceptionHandler(new ErrorReport())
                .setExitCodeExceptionMapper(ErrorReport::exitCode)
                .setUsageHelpAutoWidth(true);
        commandLine
                .getSubcommands()
                .get("run")
                .getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_FOOTER, help -> help.footer() + EndpointHelp.text());
        commandLine
                .getSubcommands()
                .get("nic")
                .getSubcommands()
                .get("fault")
                .getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_FOOTER, help -> help.footer() + NicFaultCommand.help());
        return commandLine;
    }
}
