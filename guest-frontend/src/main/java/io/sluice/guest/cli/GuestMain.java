// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.cli;

import io.sluice.shared.agent.LogFormat;
import io.sluice.shared.function.PacketFunctionProvider;
import io.sluice.shared.ring.RegionDescriptor;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.spi.ToolProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The {@code sluice guest} command, also by itself in a guest image: one subcommand for each packet function there is.
 */
public final class GuestMain implements ToolProvider, Supplier<CommandLine> {
    @Command(
            name = "sluice guest",
            mixinStandardHelpOptions = true,
            description =
                    "Runs a packet function as a guest of a chain: in a virtual machine, a process or a container.",
            synopsisSubcommandLabel = "FUNCTION",
            footer = {
                "",
                "Examples:",
                "  sluice guest forward --port auto                             in a virtual machine",
                "  sluice guest firewall --port ptnet:/run/sluice/fw.sock \\",
                "      --allow 10.0.0.0/8                                       in a process on the host",
                "",
                "sluice guest FUNCTION --help shows a function's options."
            })
    private static final class Guest {}

    /** Runs the command in a process of its own, and exits with its code. */
    public static void main(String[] args) {
        LogFormat.set();
        System.exit(new GuestMain().run(System.out, System.err, args));
    }

    @Override
    public String name() {
        return "sluice-guest";
    }

    @Override
    public int run(PrintWriter out, PrintWriter err, String... args) {
        return commandLine().setOut(out).setErr(err).execute(args);
    }

    /** The command with all its options, for those who describe it: the host's command completes it in a shell. */
    @Override
    public CommandLine get() {
        return commandLine();
    }

    static CommandLine commandLine() {
        final CommandLine command = new CommandLine(CommandSpec.forAnnotatedObject(new Guest()));
        command.getCommandSpec().version("sluice guest, ring format " + RegionDescriptor.VERSION);
        final List<PacketFunctionProvider> providers = ServiceLoader.load(PacketFunctionProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(PacketFunctionProvider::name))
                .toList();
        for (PacketFunctionProvider provider : providers) {
            command.addSubcommand(provider.name(), new FunctionCommand(provider).spec());
        }
        return command.addSubcommand("echo", new EchoCommand()).setUsageHelpAutoWidth(true);
    }
}
