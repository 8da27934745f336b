// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.chain.Chain;
import io.sluice.host.chain.Hop;
import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.Personality;
import io.sluice.host.ixgbe.model.packet.CableWire;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.ServedModel;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice nic serve}: a model of the card in a process of its own. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Plays an 82599 for other programs: a PCI device behind a socket that speaks vfio-user, with any"
                + " endpoint as its wire.",
        footer = {
            "",
            "One client at a time drives the card; behind each the card is reset. Sluice's own driver is such a client:"
                    + " ixgbe:PATH in a chain. Only this user may connect. Ctrl-C unplugs the card.",
            "The link is down while its wire is: a TAP interface that is down, for one. sluice nic fault takes it away and"
                    + " gives it back, and lets other things go wrong.",
            "",
            "Examples:",
            "  sluice nic serve model0 --vfio-user /run/sluice/card.sock --wire tap:lan",
            "  sluice run 'ixgbe:/run/sluice/card.sock <=> guest:fw <=> tap:wan'",
            "  sluice nic serve model1 --vfio-user /tmp/c.sock --wire 'gen:?rate=1M' --shape",
            "  sluice nic serve model2 --vfio-user /tmp/d.sock --personality 10f7",
            "  sluice nic serve model3 --vfio-user /tmp/e.sock --cable model4=/tmp/f.sock"
        })
final class NicServeCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 100;

    /** Cards a user may ask for, by device id: what their ports are tells the id well enough. */
    enum Card {
        SFP("10fb", Personality.SFP_SR),
        BACKPLANE("10f7", Personality.KX4),
        XAUI("10fc", Personality.XAUI),
        COPPER("151c", Personality.BASE_T);

        private final String id;
        private final Personality personality;

        Card(String id, Personality personality) {
            this.id = id;
            this.personality = personality;
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "What messages and sluice nic list call it: model0.")
    private String name;

    @Option(
            names = "--vfio-user",
            required = true,
            paramLabel = "PATH",
            description = "The socket where clients connect.")
    private Path socket;

    @Option(
            names = "--wire",
            paramLabel = "ENDPOINT",
            description = "What its port is plugged into: any end of a chain, tap:NAME for example; null: by default."
                    + " What the endpoint receives, the card receives.")
    private String wire;

    @Option(
            names = "--cable",
            paramLabel = "NAME=PATH",
            description =
                    "In place of --wire: a cable to the port of a second card, NAME, whose clients connect at PATH;"
                            + " two virtual machines have a link between them so.")
    private Map<String, Path> cable;

    @Option(
            names = "--personality",
            paramLabel = "ID",
            defaultValue = "10fb",
            description =
                    "Which card: 10fb (SFP+ with a 10GBASE-SR module, the default), 10f7 (backplane, KX4), 10fc (XAUI)"
                            + " or 151c (10GBASE-T).")
    private String personality;

    @Option(names = "--shape", description = "Let packets take their time: 10 Gbit/s with preamble and gap.")
    private boolean shape;

    @Option(
            names = "--polled",
            description =
                    "All of BAR 0 as shared memory, for drivers whose accesses cannot be trapped. Registers that clear"
                            + " or change when they are read are not exact then.")
    private boolean polled;

    @Option(
            names = "--run-directory",
            paramLabel = "DIR",
            description = "Where to report what the card does, if not where backends keep their files.")
    private Path runDirectory;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final RuntimeDirectory directory =
                runDirectory == null ? RuntimeDirectory.ofProcess() : RuntimeDirectory.at(runDirectory);
        if (cable == null) {
            try (StopSignal stop = new StopSignal();
                    ServedModel card = new ServedModel(options(name), openWire(), socket, directory)) {
                return serve(stop, card);
            }
        }
        final Map.Entry<String, Path> far = farEnd();
        final List<CableWire> ends = CableWire.pair();
        try (StopSignal stop = new StopSignal();
                ServedModel card = new ServedModel(
                        options(name), ends.getFirst(), "a cable to " + far.getKey(), socket, directory);
                ServedModel farCard = new ServedModel(
                        options(far.getKey()), ends.getLast(), "a cable to " + name, far.getValue(), directory)) {
            return serve(stop, card, farCard);
        }
    }

    private int serve(StopSignal stop, ServedModel... cards) throws InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        for (ServedModel card : cards) {
            announce(card, out);
        }
        out.flush();
        while (Stream.of(cards).allMatch(card -> card.failure() == null) && !stop.await(POLL_MILLIS)) {
            // The cards and their servers work by themselves, and say who comes and goes.
        }
        for (ServedModel card : cards) {
            final NicCard last = card.card();
            out.println(last.identity().name() + " received "
                    + Figures.count(last.traffic().receivedPackets()) + " packets from its wire and transmitted "
                    + Figures.count(last.traffic().transmittedPackets()));
        }
        out.flush();
        return Stream.of(cards).allMatch(card -> card.failure() == null) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static void announce(ServedModel served, PrintWriter out) {
        final NicCard card = served.card();
        out.println("serving " + card.identity().name() + ", " + card.identity().kind() + " "
                + card.identity().mac() + ", at " + served.socket() + "; its wire is "
                + card.identity().wire());
        card.notes().forEach(note -> out.println("  note: " + note));
        out.println(
                "  drive it: sluice run 'ixgbe:" + served.socket() + " <=> guest:fw <=> tap:wan'; Ctrl-C unplugs it");
    }

    /** The second card's name and socket. */
    private Map.Entry<String, Path> farEnd() {
        if (wire != null) {
            throw new ParameterException(
                    spec.commandLine(), "--wire and --cable: a card has one port; give one of the two");
        }
        final Map.Entry<String, Path> far = cable.entrySet().iterator().next();
        if (cable.size() != 1 || far.getKey().equals(name) || far.getValue().equals(socket)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--cable: must name one card other than " + name
                            + ", with a socket of its own: --cable model1=/tmp/b.sock");
        }
        return far;
    }

    private ModelOptions options(String cardName) {
        for (Card card : Card.values()) {
            if (card.id.equalsIgnoreCase(personality.replaceFirst("^0x", ""))) {
                return ModelOptions.of(cardName)
                        .with(card.personality)
                        .with(polled ? ModelOptions.RegisterAccess.POLLED : ModelOptions.RegisterAccess.MAPPED_TAILS)
                        .withLineRate(shape);
            }
        }
        throw new ParameterException(
                spec.commandLine(), "--personality " + personality + ": must be 10fb, 10f7, 10fc or 151c");
    }

    private Endpoint openWire() {
        final Hop hop =
                Chain.parse((wire == null ? "null:" : wire) + " => null:").first();
        if (hop.isGuest() || hop.isFunction() || hop.kind().equals("ixgbe")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--wire " + wire + ": must be an endpoint, for example tap:lan, pcap:FILE or null:");
        }
        return Endpoints.open(hop.kind(), hop.address(), hop.singleOptions(), true, true);
    }
}
