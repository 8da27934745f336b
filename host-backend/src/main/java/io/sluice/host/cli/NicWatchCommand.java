// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice nic watch}: what cards do, per second. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = "Shows packets, bits and drops per second and how often the link changed, again and again; on a"
                + " terminal with a picture of the last minute.",
        footer = {
            "",
            "Bits are those of frames without check sequence, preamble and gap. --json prints a document as that of sluice"
                    + " nic list on each line, with rate{received, receivedBits, transmitted, transmittedBits, dropped,"
                    + " linkChanges} of each card from the second on.",
            "",
            "Examples:",
            "  sluice nic watch",
            "  sluice nic watch model0 --count 10",
            "  sluice nic watch --json | jq -c '.cards[] | {name, rate}'"
        })
final class NicWatchCommand implements Callable<Integer> {
    private static final double LEAST_SECONDS = 0.5;
    private static final double MOST_SECONDS = 3600;

    @Spec
    private CommandSpec spec;

    @Mixin
    private NicScope scope;

    @Option(
            names = {"-i", "--interval"},
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Show it again every so many seconds (default ${DEFAULT-VALUE}).")
    private double interval;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "End after showing rates so often; else Ctrl-C ends it.")
    private Integer count;

    @Option(names = "--json", description = "Print one JSON document on each line.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        final boolean interactive = !json && Screen.isTerminal();
        final Screen screen = new Screen(out, interactive);
        final NicRates rates = new NicRates(Screen.colours(interactive), interactive, Sparks.forTerminal());
        boolean seen = false;
        // The first look only tells where counters are. A reader of a pipe who has seen enough ends it.
        for (int look = 0; (count == null || look <= count) && !out.checkError(); look++) {
            if (look > 0) {
                TimeUnit.MILLISECONDS.sleep((long) (interval * 1000));
            }
            final List<Nic> nics = scope.find(err);
            rates.add(nics);
            seen |= !nics.isEmpty();
            if (json) {
                NicJson.write(out, nics, rates::of, false);
            } else if (nics.isEmpty()) {
                screen.replace(List.of(scope.nobody()));
            } else if (look > 0) {
                screen.replace(rates.lines(nics));
            }
        }
        return seen ? ExitCode.OK : ErrorReport.REFUSED;
    }

    private void check() {
        if (!(interval >= LEAST_SECONDS && interval <= MOST_SECONDS)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--interval " + interval + ": must be from " + LEAST_SECONDS + " to 3600 seconds");
        }
        if (count != null && count < 1) {
            throw new ParameterException(spec.commandLine(), "--count " + count + ": must be 1 or more");
        }
    }
}
