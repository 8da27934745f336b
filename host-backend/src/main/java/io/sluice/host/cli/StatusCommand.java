// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.control.BackendStatus;
import io.sluice.host.control.ChainStatus;
import io.sluice.host.control.StatusFiles;
import io.sluice.host.control.StatusJson;
import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice status}: what running backends count, without disturbing them. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows what running backends do: packets, bytes and drops of every stage, queues and latency.",
        footer = {
            "",
            "PACKETS are those a stage received, drew from its ring or sent. WAITING are those that the stage before has"
                    + " finished and this one has not. A guest that attaches again counts on. A guest is attached while"
                    + " its program shows signs of life; then suspect, then lost (sluice run --suspect, --lost); gone when"
                    + " its socket is closed.",
            "",
            "A chain whose guests are of several trust domains shows as one part for each, CHAIN.1 and so on; where they"
                    + " meet, 'copy' is the last stage of a ring in the one and the first of a ring in the other.",
            "",
            "--json: {format, backends[{process, state, started, silentMillis, chains[{name,"
                    + " segment{chain, number, of, domain}, state, guests[{name, attached, state, stateMillis, onLoss,"
                    + " standIn, peer, attachments}], rings[{direction, slots, inRing, stages[{label, party, packets,"
                    + " bytes, dropped, drops{REASON: COUNT}, waiting, asleep, emptySlots, latencyNanos{samples, p50,"
                    + " p99, p999, max}}]}]}]}]}; a release may add names and never changes what one means.",
            "",
            "Examples:",
            "  sluice status",
            "  sluice status --watch                 rates, every second until Ctrl-C",
            "  sluice status --json | jq '.backends[].chains[].rings[].stages[] | {label, packets, drops}'",
            "",
            "Exits with 3 where no backend runs."
        })
final class StatusCommand implements Callable<Integer> {
    private static final double LEAST_SECONDS = 0.1;
    private static final double MOST_SECONDS = 3600;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON document; with --watch one on each line.")
    private boolean json;

    @Option(
            names = {"-w", "--watch"},
            arity = "0..1",
            fallbackValue = "1",
            paramLabel = "SECONDS",
            description = "Show it again every so many seconds (default 1), with rates.")
    private Double watch;

    @Option(
            names = "--run-directory",
            paramLabel = "DIR",
            description = "Where the backends keep their files, if their configuration says so.")
    private Path runDirectory;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (watch != null && !(watch >= LEAST_SECONDS && watch <= MOST_SECONDS)) {
            throw new ParameterException(
                    spec.commandLine(), "--watch " + watch + ": must be from " + LEAST_SECONDS + " to 3600 seconds");
        }
        final RuntimeDirectory directory =
                runDirectory == null ? RuntimeDirectory.ofProcess() : RuntimeDirectory.at(runDirectory);
        final PrintWriter out = spec.commandLine().getOut();
        if (watch == null) {
            return once(directory, out);
        }
        watch(directory, out);
        return ExitCode.OK;
    }

    private int once(RuntimeDirectory directory, PrintWriter out) throws IOException {
        final List<BackendStatus> backends = StatusFiles.read(directory);
        final boolean running =
                backends.stream().anyMatch(backend -> backend.life().compareTo(BackendStatus.Life.KEPT) < 0);
        if (json) {
            StatusJson.write(out, backends, true);
        } else {
            lines(backends, List.of(), Screen.colours(Screen.isTerminal())).forEach(out::println);
        }
        if (!running) {
            spec.commandLine().getErr().println(nobody(directory));
        }
        return running ? ExitCode.OK : ErrorReport.REFUSED;
    }

    private void watch(RuntimeDirectory directory, PrintWriter out) throws IOException, InterruptedException {
        final boolean interactive = Screen.isTerminal();
        final Screen screen = new Screen(out, interactive);
        List<BackendStatus> before = List.of();
        // Ctrl-C ends it; so does the reader of a pipe who has seen enough.
        while (!out.checkError()) {
            final List<BackendStatus> backends = StatusFiles.read(directory);
            if (json) {
                StatusJson.write(out, backends, false);
            } else {
                final List<String> lines = new ArrayList<>(lines(backends, before, Screen.colours(interactive)));
                if (lines.isEmpty()) {
                    lines.add(nobody(directory));
                }
                screen.replace(lines);
            }
            before = backends;
            TimeUnit.MILLISECONDS.sleep((long) (watch * 1000));
        }
    }

    private static String nobody(RuntimeDirectory directory) {
        return "no backend is running (its files would be in " + directory.path()
                + "); start one: sluice run 'tap:a <=> guest:g <=> tap:b'";
    }

    static List<String> lines(List<BackendStatus> backends, List<BackendStatus> before, Ansi ansi) {
        final List<String> lines = new ArrayList<>();
        for (BackendStatus backend : backends) {
            lines.add(TextTable.styled(ansi, heading(backend), styles(backend.life())));
            if (backend.life() != BackendStatus.Life.GONE) {
                for (ChainStatus chain : backend.chains()) {
                    lines.addAll(new StatusTable(ansi).lines(chain, earlier(backend, chain, before)));
                }
            }
        }
        return lines;
    }

    private static List<Style> styles(BackendStatus.Life life) {
        return life == BackendStatus.Life.RUNNING ? List.of() : List.of(Style.fg_yellow);
    }

    private static String heading(BackendStatus backend) {
        final String process = "backend, process " + backend.processId();
        final String silent = Figures.duration(backend.silentNanos());
        return switch (backend.life()) {
            case RUNNING -> process + ", up " + Figures.duration(EpochClock.nanos() - backend.startedNanos());
            case SILENT -> process + ": no heartbeat for " + silent + "; is the process stopped?";
            case KEPT ->
                "gone, kept: its process " + backend.processId() + " is gone since " + silent
                        + ", its guests wait for another backend with the same chain";
            case GONE ->
                "stale: its process " + backend.processId() + " is gone since " + silent
                        + "; the next backend removes what it left";
        };
    }

    private static ChainStatus earlier(BackendStatus backend, ChainStatus chain, List<BackendStatus> before) {
        return before.stream()
                .filter(other -> other.processId() == backend.processId())
                .flatMap(other -> other.chains().stream())
                .filter(other -> other.name().equals(chain.name()))
                .findFirst()
                .orElse(null);
    }
}
