// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.demo.Demo;
import io.sluice.host.demo.DemoJson;
import io.sluice.host.demo.DemoOptions;
import io.sluice.host.demo.DemoResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice demo}: shows what the project does, on any machine. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Sends packets both ways through two guests and accounts for every one of them;"
                + " needs no hardware and no root.",
        footer = {
            "",
            "A recorded capture enters at one end and a generator's packets at the other, each through a card:"
                    + " an Intel 82599 in software, with the driver that real ones have. Between them a firewall denies"
                    + " Telnet and a few of the generator's hosts, and a monitor counts. The table shows packets, rates,"
                    + " queues, drops by reason and latency; when the sources have ended, what entered must be what left"
                    + " and what was dropped, and the cards' own counters must say the same.",
            "",
            "Exits with 0 where every packet is accounted for."
        })
final class DemoCommand implements Callable<Integer> {
    private static final int MOST_SECONDS = 86_400;
    private static final int MOST_RATE = 100_000_000;
    private static final int RATE = 50_000;

    /** A virtual machine without hardware virtualisation is some thirty times slower. */
    private static final int RATE_VM = 2_000;

    /** The logger whose level keeps single lines out of the table; a field, or it would be collected. */
    private final Logger logger = Logger.getLogger("io.sluice");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "15",
            description = "Seconds of traffic (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Packets per second of the generator (default " + RATE + ", with --vm " + RATE_VM + ").")
    private Integer rate;

    @Option(names = "--vm", description = "Run the guests in virtual machines (QEMU) instead of as processes.")
    private boolean virtualMachines;

    @Option(
            names = "--no-cards",
            description = "Let capture and generator be the chain's ends themselves, without cards.")
    private boolean withoutCards;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the account to this file as well.")
    private Path json;

    @Option(names = "--plain", description = "Print line after line, as where the output is no terminal.")
    private boolean plain;

    @Override
    public Integer call() throws Exception {
        final int packetRate = rate != null ? rate : virtualMachines ? RATE_VM : RATE;
        check("--seconds", seconds, MOST_SECONDS);
        check("--rate", packetRate, MOST_RATE);
        logger.setLevel(Level.WARNING);
        final PrintWriter out = spec.commandLine().getOut();
        final DemoReport report = new DemoReport(out, !plain && Screen.isTerminal());
        try (Demo demo = new Demo(new DemoOptions(seconds, packetRate, !withoutCards, virtualMachines), report)) {
            // Ctrl-C and kill leave nothing behind.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(demo), "stop"));
            final DemoResult result = demo.run();
            report.result(result);
            if (json != null) {
                try (Writer file = Files.newBufferedWriter(json)) {
                    DemoJson.write(file, result);
                }
            }
            return result.success() ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private void check(String option, int value, int most) {
        if (value < 1 || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + ' ' + value + ": must be from 1 to " + Figures.count(most));
        }
    }

    private static void close(Demo demo) {
        try {
            demo.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove all that the demo made", e);
        }
    }
}
