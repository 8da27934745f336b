// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.chain.ConfigFile;
import io.sluice.host.chain.ConfiguredChain;
import io.sluice.host.chain.Plan;
import io.sluice.host.chain.RunningChain;
import io.sluice.host.control.Backend;
import io.sluice.host.endpoint.Intake;
import io.sluice.host.endpoint.Quantity;
import io.sluice.host.keeper.SystemdNotice;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice run}: a backend with one or more chains, until it is stopped or all packets have come and gone. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs chains: packets enter at one end, cross guests and functions, and leave at the other.",
        footer = {
            "",
            "A chain is HOP => HOP ... (one way) or HOP <=> HOP ... (both ways), a hop KIND:ADDRESS?KEY=VALUE&...",
            "  ends:    ixgbe:CARD  tap:NAME  packet:INTERFACE  pcap:FILE  gen:  null:  guest:NAME",
            "  between: guest:NAME  vnf:FUNCTION",
            "",
            "guest:NAME?domain=D: guests of one domain share memory and trust each other with packets. Where D changes along"
                    + " a chain, each packet is copied once, and a guest that breaks the rules ends its own domain's part.",
            "",
            "Examples:",
            "  sluice run 'tap:lan <=> guest:fw <=> guest:nat <=> tap:wan'",
            "  sluice run 'ixgbe:model0?wire=tap:lan <=> guest:fw <=> ixgbe:model1?wire=tap:wan'     cards in software",
            "  sluice run 'ixgbe:/run/sluice/card.sock <=> guest:fw <=> tap:wan'     what sluice nic serve plays",
            "  sluice run 'gen:?size=64&flows=1000 => guest:fw => null:'",
            "  sluice run 'pcap:in.pcap => vnf:firewall?allow=10.0.0.0/8 => pcap:out.pcap'",
            "  sluice run 'tap:a <=> guest:x?domain=red <=> guest:y?domain=blue <=> tap:b'",
            "  sluice run 'tap:lan <=> guest:ids?on-loss=bypass <=> tap:wan'",
            "  sluice run --lost 1s 'gen: => guest:fw?on-loss=drop => null:'",
            "  sluice run --plan 'tap:a <=> guest:g <=> tap:b'      show what would be built",
            "  sluice run -c edge.yaml",
            "",
            "on-loss= says what becomes of packets while a guest is not there: hold (they wait for it, the default),",
            "drop (they are dropped and counted) or bypass (they pass it by).",
            "",
            "Ends by itself when every chain's source has ended (pcap:, gen:?count=N); Ctrl-C ends it at once."
        })
final class RunCommand implements Callable<Integer> {
    /** A short run ends without delay, and one that has gone on for some seconds wakes this thread ten times a second. */
    private static final long FIRST_POLL_MILLIS = 10;

    private static final long LAST_POLL_MILLIS = 100;
    private static final long MIN_KEEP_NANOS = 1_000_000_000L;
    private static final long MAX_KEEP_NANOS = 3_600_000_000_000L;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "CHAIN", description = "A chain; quote it.")
    private List<String> chains = List.of();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Read the chains from a YAML file.")
    private Path config;

    @Option(names = "--plan", description = "Draw the rings that would be built, and end.")
    private boolean plan;

    @Option(names = "--slots", paramLabel = "N", description = "Slots of each ring, a power of two, 256 to 4096.")
    private String slots;

    @Option(
            names = "--buffer",
            paramLabel = "BYTES",
            description = "Bytes of each slot's buffer, a multiple of 64 from 2048 to 32768.")
    private String buffer;

    @Option(names = "--wait", paramLabel = "MODE", description = "How helper threads wait: spin, adaptive or block.")
    private String wait;

    @Option(names = "--cpus", paramLabel = "LIST", description = "Processors for helper threads, for example 2,3.")
    private String cpus;

    @Option(
            names = "--output-stall",
            paramLabel = "TIME",
            description = "Drop packets for an output that took none for so long, for example 1s.")
    private String outputStall;

    @Option(
            names = "--suspect",
            paramLabel = "TIME",
            description = "Call a guest suspect that shows no sign of life for so long, for example 1s.")
    private String suspect;

    @Option(
            names = "--lost",
            paramLabel = "TIME",
            description = "Call it lost after so long, for example 3s, and do what its on-loss says.")
    private String lost;

    @Option(
            names = "--memory",
            paramLabel = "DIR",
            description =
                    "Keep packets in files of this folder of a mounted hugetlbfs, whose size guests can change; auto:"
                            + " in memory that they cannot. Default auto.")
    private String memory;

    @Option(
            names = "--keep",
            paramLabel = "TIME",
            defaultValue = "60s",
            description = "If this process is killed, guests and interfaces wait so long for another one that runs the"
                    + " same chain; none: they end with it. Default ${DEFAULT-VALUE}.")
    private String keep;

    @Override
    public Integer call() throws Exception {
        final BackendConfig backendConfig = backendConfig();
        final PrintWriter out = spec.commandLine().getOut();
        if (plan) {
            for (ConfiguredChain chain : backendConfig.chains()) {
                out.println(Plan.of(chain.chain()).describe());
            }
            return 0;
        }
        final RuntimeDirectory directory =
                backendConfig.runDirectory().map(RuntimeDirectory::at).orElseGet(RuntimeDirectory::ofProcess);
        // Ctrl-C and kill end the chains as they should end: guests are told, sockets and interfaces go away.
        try (StopSignal stop = new StopSignal();
                Backend backend = new Backend(backendConfig, directory, Intake.OPEN, keep())) {
            announce(backend, directory, out);
            SystemdNotice.ready(System.getenv());
            long pollMillis = FIRST_POLL_MILLIS;
            while (!backend.finished() && !stop.await(pollMillis)) {
                pollMillis = Math.min(pollMillis + 1, LAST_POLL_MILLIS);
            }
            summarize(backend, out);
            if (backend.failure() != null) {
                return ExitCode.SOFTWARE;
            }
            return backend.endpointFailures().isEmpty() ? ExitCode.OK : ErrorReport.REFUSED;
        }
    }

    private Duration keep() {
        if (keep.equals("none")) {
            return Duration.ZERO;
        }
        try {
            final long nanos = Quantity.nanos(keep);
            if (nanos >= MIN_KEEP_NANOS && nanos <= MAX_KEEP_NANOS) {
                return Duration.ofNanos(nanos);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            // Said below, together with what would be right.
        }
        throw new ParameterException(
                spec.commandLine(), "--keep " + keep + ": must be none or a duration from 1s to 60min");
    }

    private BackendConfig backendConfig() throws Exception {
        if ((config == null) == chains.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "give chains or -c FILE; for example: sluice run 'tap:a <=> guest:g <=> tap:b'");
        }
        ChainOptions options = ChainOptions.DEFAULTS;
        final String[] values = {slots, buffer, wait, cpus, outputStall, suspect, lost, memory};
        for (int i = 0; i < values.length; i++) {
            if (values[i] != null) {
                if (config != null) {
                    final String option = ChainOptions.NAMES.get(i);
                    throw new ParameterException(
                            spec.commandLine(),
                            "--" + option + " is for chains given here; with -c, write '" + option + ": " + values[i]
                                    + "' into " + config);
                }
                options = options.with(ChainOptions.NAMES.get(i), values[i]);
            }
        }
        return config != null ? ConfigFile.read(config) : BackendConfig.ofCommandLine(chains, options);
    }

    /** What came of each chain: the last counters, and what its endpoints know besides. */
    private static void summarize(Backend backend, PrintWriter out) {
        final StatusTable table = new StatusTable(Screen.colours(Screen.isTerminal()));
        backend.status().forEach(chain -> table.lines(chain, null).forEach(out::println));
        for (RunningChain chain : backend.chains()) {
            chain.endpointDetails().forEach((endpoint, details) -> {
                if (!details.isEmpty()) {
                    out.println(chain.configured().name() + " " + endpoint + " " + details);
                }
            });
        }
        out.flush();
    }

    private static void announce(Backend backend, RuntimeDirectory directory, PrintWriter out) {
        for (RunningChain chain : backend.chains()) {
            final ConfiguredChain configured = chain.configured();
            out.println("chain " + configured.name() + ": " + configured.chain().text());
            for (var guest : Plan.of(configured.chain()).guests()) {
                out.println("  guest " + guest.name() + " attaches at " + directory.guestSocket(guest.name()));
            }
        }
        out.println("running; 'sluice status' shows counters, Ctrl-C ends it");
        out.flush();
    }
}
