// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.selftest.CheckResult;
import io.sluice.host.nic.selftest.Outcome;
import io.sluice.host.nic.selftest.SelfTest;
import io.sluice.host.nic.selftest.SelfTestOptions;
import io.sluice.host.nic.selftest.SelfTestReport;
import io.sluice.host.nic.selftest.TestedCard;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice nic selftest}: whether a card works. */
@Command(
        name = "selftest",
        mixinStandardHelpOptions = true,
        description =
                "Tests a card: bus, reset, registers, EEPROM, address, interrupts, module, link, loopback, DMA, queues,"
                        + " throughput and counters.",
        footer = {
            "",
            "The card is reset before and after, so nobody else may have it meanwhile. Frames go through its internal"
                    + " loopback; none leaves on its wire.",
            "",
            "--json: {format, card, door, started, version, machine, good, verdict, checks[{name, outcome (passed | warned |"
                    + " failed | skipped), words, seconds, facts{}}]}.",
            "",
            "Examples:",
            "  sluice nic selftest 0000:03:00.0",
            "  sluice nic selftest 0000:03:00.0 --report card.txt --anonymous",
            "  sluice nic selftest model0 --skip link          one that sluice nic serve plays, or a new one",
            "  sluice nic selftest /run/sluice/card.sock --seconds 10",
            "",
            "Exits with 1 where a check failed, and with 3 where there is no such card or somebody has it."
        })
final class NicSelfTestCommand implements Callable<Integer> {
    private static final double NANOS_PER_SECOND = 1e9;
    /** The card's counters have 32 bits: at 14.88 million frames per second they last for 288 s. */
    private static final double MOST_SECONDS = 240;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "CARD",
            description = "0000:03:00.0, the path of a vfio-user socket, or a model's name: model0.")
    private String name;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "3",
            description = "How long throughput is measured, up to 240; ${DEFAULT-VALUE} by default.")
    private double seconds;

    @Option(
            names = "--link-timeout",
            paramLabel = "S",
            defaultValue = "10",
            description = "How long the link may take; ${DEFAULT-VALUE} by default.")
    private double linkSeconds;

    @Option(
            names = "--skip",
            paramLabel = "CHECK",
            description = "Leave a check out, any but bus and set-up; may be given several times.")
    private Set<String> skipped = Set.of();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write all that was found to a file as well, to keep or to send.")
    private Path report;

    @Option(
            names = "--anonymous",
            description = "Leave out the last half of Ethernet addresses, serial numbers, and folders.")
    private boolean anonymous;

    @Option(
            names = "--run-directory",
            paramLabel = "DIR",
            description = "Where backends and sluice nic serve report their cards, if not in the usual place.")
    private Path runDirectory;

    @Override
    public Integer call() throws IOException {
        final SelfTestOptions options = options();
        final PrintWriter out = spec.commandLine().getOut();
        final RuntimeDirectory directory =
                runDirectory == null ? RuntimeDirectory.ofProcess() : RuntimeDirectory.at(runDirectory);
        final SelfTestReport found;
        try (TestedCard card = TestedCard.open(directory, name)) {
            if (!json) {
                out.println("testing " + card.name() + ", reached by " + card.door());
                out.flush();
            }
            final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            final List<CheckResult> results =
                    SelfTest.run(card.device(), card.clock(), options, json ? new Silence() : new Lines(out));
            found = new SelfTestReport(
                    card.name(),
                    card.door(),
                    started,
                    machine(),
                    String.join(" ", new Version().getVersion()),
                    results);
        }
        final SelfTestReport shown = anonymous ? found.anonymous() : found;
        if (json) {
            shown.writeJson(out);
        } else {
            out.println(shown.verdict());
        }
        out.flush();
        if (report != null) {
            write(shown);
        }
        if (!json) {
            out.println(
                    report == null
                            ? "To keep or send what was found: --report FILE, and --anonymous for a file without addresses."
                            : "All that was found is in " + report + '.');
            out.flush();
        }
        return found.good() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private void write(SelfTestReport shown) throws IOException {
        try {
            Files.write(report, shown.lines());
        } catch (IOException e) {
            throw new IOException(
                    "--report " + report + " cannot be written: " + e + "; name a file in a folder of yours", e);
        }
    }

    private SelfTestOptions options() {
        if (!(seconds > 0 && seconds <= MOST_SECONDS) || !(linkSeconds >= 0 && linkSeconds <= MOST_SECONDS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--seconds " + seconds + " --link-timeout " + linkSeconds
                            + ": must be above 0, and not below 0, up to " + (int) MOST_SECONDS);
        }
        try {
            return new SelfTestOptions(
                    (long) (seconds * NANOS_PER_SECOND), (long) (linkSeconds * NANOS_PER_SECOND), skipped);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--skip: " + e.getMessage(), e);
        }
    }

    private static String machine() {
        return System.getProperty("os.name") + ' ' + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors()
                + " processors, Java "
                + Runtime.version();
    }

    /** A line for each check, when it has ended; on a terminal also one for what is under way. */
    private final class Lines implements SelfTest.Progress {
        private final PrintWriter out;
        private final boolean terminal = Screen.isTerminal();
        private final Ansi ansi = Screen.colours(terminal);

        private Lines(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void begins(String check) {
            if (terminal) {
                out.print("  ...   " + check);
                out.flush();
            }
        }

        @Override
        public void ended(CheckResult result) {
            final String line = SelfTestReport.line(anonymous ? shortened(result) : result);
            final String mark = result.outcome().mark();
            // A terminal that shows what is under way has that replaced: ECMA-48, erase in line.
            out.println((terminal ? "\r\033[K" : "")
                    + line.replaceFirst(mark, TextTable.styled(ansi, mark, List.of(style(result.outcome())))));
            out.flush();
        }

        private CheckResult shortened(CheckResult result) {
            return new SelfTestReport(name, "", Instant.EPOCH, "", "", new ArrayList<>(List.of(result)))
                    .anonymous()
                    .results()
                    .getFirst();
        }

        private static Style style(Outcome outcome) {
            return switch (outcome) {
                case PASSED -> Style.fg_green;
                case WARNED -> Style.fg_yellow;
                case FAILED -> Style.fg_red;
                case SKIPPED -> Style.faint;
            };
        }
    }

    /** For a program, which wants the document alone. */
    private record Silence() implements SelfTest.Progress {
        @Override
        public void begins(String check) {
            // not shown
        }

        @Override
        public void ended(CheckResult result) {
            // in the document
        }
    }
}
