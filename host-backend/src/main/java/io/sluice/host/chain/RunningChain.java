// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.LossPolicy;
import io.sluice.host.endpoint.Intake;
import io.sluice.host.endpoint.Output;
import io.sluice.host.endpoint.PacketSink;
import io.sluice.host.endpoint.ReceiveAgent;
import io.sluice.host.endpoint.Receiver;
import io.sluice.host.endpoint.TransmitAgent;
import io.sluice.host.ixgbe.port.CardPort;
import io.sluice.host.ixgbe.port.Cards;
import io.sluice.host.ixgbe.queue.CardOutput;
import io.sluice.host.ixgbe.queue.CardTransmitAgent;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.posix.NumaNode;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One chain at work: its segments, its endpoints, and the helper threads that run the host's stages. */
public final class RunningChain implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunningChain.class.getName());

    private final ConfiguredChain configured;
    private final Plan plan;
    private final List<KeptSegment> kept;
    private final ChainEndpoints endpoints;
    private final List<RunningSegment> segments = new ArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    /** By the ring that they fill. */
    private final Map<Integer, Receiver> receivers = new TreeMap<>();

    private volatile Throwable failure;

    /**
     * Builds and starts {@code configured}.
     *
     * @param directory where sockets and status files are made
     * @param intake whether packets may enter at once
     * @param succession what dead backends have left
     * @param cards those of this backend
     * @throws ChainSyntaxException where a hop's options are wrong
     * @throws IOException where the system refuses something, with what to do
     */
    public RunningChain(
            ConfiguredChain configured, RuntimeDirectory directory, Intake intake, Succession succession, Cards cards)
            throws IOException {
        this.configured = configured;
        plan = Plan.of(configured.chain());
        final ChainLayout layout = ChainLayout.of(plan, configured);
        kept = succession.of(configured);
        // An endpoint's descriptor is kept beside the first segment's.
        endpoints = open(plan, layout, kept, cards);
        try {
            final int count = plan.segments().size();
            for (int i = 0; i < count; i++) {
                segments.add(new RunningSegment(
                        plan.segments().get(i),
                        layout.specs().get(i),
                        configured.options().backing().and(endpoints.backing()),
                        layout.threads(),
                        directory,
                        kept.get(i)));
                if (count > 1) {
                    segments.getLast().mark(i + 1, count);
                }
            }
            start(layout, intake);
            for (RunningSegment segment : segments) {
                segment.open(
                        directory,
                        configured.options().silence(),
                        configured.options().cpus());
            }
        } catch (IOException | RuntimeException e) {
            giveBack();
            throw e;
        }
    }

    private static ChainEndpoints open(Plan plan, ChainLayout layout, List<KeptSegment> kept, Cards cards) {
        try {
            return ChainEndpoints.open(plan, layout.threads(), kept.getFirst().descriptors(), cards);
        } catch (RuntimeException e) {
            // Guests wait on: an interface that is missing now may be there at the next attempt.
            kept.forEach(segment -> segment.descriptors().release());
            throw e;
        }
    }

    private void start(ChainLayout layout, Intake intake) throws IOException {
        final List<List<Agent>> agents = new ArrayList<>();
        for (int thread = 0; thread < layout.threads(); thread++) {
            agents.add(new ArrayList<>());
        }
        for (int ring = 0; ring < directions(); ring++) {
            addAgents(ring, layout.thread(ring), agents.get(layout.thread(ring)));
        }
        agents.getFirst().addAll(endpoints.agents());
        for (int thread = 0; thread < layout.threads(); thread++) {
            runners.add(runner(layout, thread, agents.get(thread)));
        }
        receivers.values().forEach(receiver -> receiver.intake(intake));
        runners.forEach(AgentRunner::start);
    }

    /** Adds what the host does for the packets of one direction, in the order in which they meet it. */
    private void addAgents(int ring, int thread, List<Agent> agents) throws IOException {
        Stage copied = null;
        for (RunningSegment segment : way(ring)) {
            final List<StagePlan> stages = segment.plan().rings().get(ring).stages();
            for (int s = 0; s < stages.size(); s++) {
                final StagePlan stagePlan = stages.get(s);
                if (stagePlan.party() == PartyPlan.HOST) {
                    final Stage stage = segment.stage(ring, s, thread);
                    switch (stagePlan.role()) {
                        case COPY_OUT -> copied = stage;
                        case COPY_IN ->
                            agents.add(new CopyAgent(
                                    stagePlan.name(),
                                    copied,
                                    stage,
                                    configured.options().outputStallNanos()));
                        default -> agents.add(agent(stagePlan, stage, ring, segment));
                    }
                } else {
                    final PartyPlan guest = segment.plan().parties().get(stagePlan.party());
                    // Nobody can send in a guest's place.
                    if (s > 0 && guest.options().onLoss() != LossPolicy.HOLD) {
                        agents.add(segment.standIn(ring, s, thread, guest));
                    }
                }
            }
        }
    }

    /** The segments in the order in which the packets of the {@code ring}-th ring cross them. */
    private List<RunningSegment> way(int ring) {
        return ring == 0 ? segments : segments.reversed();
    }

    private int directions() {
        return configured.chain().bothWays() ? 2 : 1;
    }

    private AgentRunner runner(ChainLayout layout, int thread, List<Agent> agents) {
        final String name = configured.name() + (layout.threads() == 1 ? "" : "/" + thread);
        final List<Integer> cpus = configured.options().cpus();
        final int processor = cpus.isEmpty() ? AgentRunner.ANY_PROCESSOR : cpus.get(thread % cpus.size());
        final List<HostStages> stages =
                segments.stream().map(segment -> segment.stages(thread)).toList();
        return new AgentRunner(
                        new HelperAgent(name, agents, stages),
                        Sleeper.byAgentsBells(),
                        configured.options().waitMode(),
                        processor,
                        this::failed)
                .near(NumaNode.processors(endpoints.backing().node()));
    }

    private Agent agent(StagePlan stagePlan, Stage stage, int ring, RunningSegment segment) throws IOException {
        final Hop hop = stagePlan.hop();
        return switch (stagePlan.role()) {
            case RECEIVE -> {
                final Receiver receiver = receiver(hop, stage, segment);
                receivers.put(ring, receiver);
                yield receiver;
            }
            case FUNCTION -> new FunctionAgent(hop.name(), stage, endpoints.function(hop));
            case TRANSMIT -> transmitter(hop, plan.source(ring), stage, segment);
            case GUEST, COPY_OUT, COPY_IN -> throw new IllegalStateException("not an agent of its own: " + hop.name());
        };
    }

    private Receiver receiver(Hop hop, Stage stage, RunningSegment segment) throws IOException {
        final CardPort port = endpoints.port(hop);
        return port != null
                ? port.receiver(hop.name(), stage, segment.region().memory())
                : new ReceiveAgent(hop.name(), stage, endpoints.of(hop).source());
    }

    /** What sends to {@code hop}, and what is sent back to {@code source}, where that end can send. */
    private Agent transmitter(Hop hop, Hop source, Stage stage, RunningSegment segment) throws IOException {
        final long stallNanos = configured.options().outputStallNanos();
        final CardPort forward = endpoints.port(hop);
        final CardPort back = configured.chain().bothWays() ? endpoints.port(source) : null;
        if (forward == null && back == null) {
            return new TransmitAgent(hop.name(), stage, endpoints.sink(hop), endpoints.sink(source), stallNanos);
        }
        final SharedRegion packets = segment.region().memory();
        final CardOutput[] cards = {
            forward == null ? null : forward.output(stage, packets, stallNanos),
            back == null ? null : back.answers(stage, packets, stallNanos)
        };
        final Output[] outputs = {output(endpoints.sink(hop), stallNanos), output(endpoints.sink(source), stallNanos)};
        return new CardTransmitAgent(hop.name(), stage, cards, outputs);
    }

    private static Output output(PacketSink sink, long stallNanos) {
        return sink == null ? null : new Output(sink, stallNanos);
    }

    private void failed(Throwable t) {
        final String what = "a helper thread of chain " + configured.name() + " has ended";
        if (t instanceof IllegalArgumentException) {
            // Something that the user asked for, a processor that there is not, say: the message tells what is right.
            LOG.log(System.Logger.Level.ERROR, what + ": " + t.getMessage());
        } else {
            LOG.log(System.Logger.Level.ERROR, what, t);
        }
        failure = t;
        segments.forEach(segment -> segment.region().retire(Violation.NONE, ""));
    }

    /** Lets packets in, holds them back, or ends the sources: the rings then drain and the chain finishes. */
    public void intake(Intake intake) {
        receivers.values().forEach(receiver -> receiver.intake(intake));
        runners.forEach(AgentRunner::wake);
    }

    public ConfiguredChain configured() {
        return configured;
    }

    /** Its segments in the order of the chain's text. */
    public List<RunningSegment> segments() {
        return List.copyOf(segments);
    }

    /** What ended this chain before its time, in a helper thread or by a guest's fault, or null. */
    public Throwable failure() {
        if (failure == null) {
            for (RunningSegment segment : segments) {
                final Violation reason = segment.region().retireReason();
                if (reason != Violation.NONE) {
                    return new IllegalStateException("chain " + segment.name() + " was retired: " + reason.label());
                }
            }
        }
        return failure;
    }

    /** What its endpoints say of why they no longer work or ended early; it has been logged. */
    public List<String> endpointFailures() {
        return endpoints.failures();
    }

    /** What endpoints count beside their stages, by their names: a checked stream's lost packets, a socket's drops. */
    public Map<String, Map<String, Long>> endpointDetails() {
        return endpoints.details();
    }

    /**
     * True once this chain moves no more packets: it has {@linkplain #finished finished}, or so many of its segments were
     * retired that nothing can enter the others.
     */
    public boolean ended() {
        for (int ring = 0; ring < directions(); ring++) {
            if (!ended(ring)) {
                return false;
            }
        }
        return true;
    }

    /** In the packets' order, so that what was copied out of a drained ring is seen in the next one. */
    private boolean ended(int ring) {
        final Receiver receiver = receivers.get(ring);
        boolean ended = receiver != null && receiver.ended();
        for (RunningSegment segment : way(ring)) {
            if (segment.region().retired()) {
                ended = true;
            } else if (!ended || !segment.drained(ring)) {
                return false;
            }
        }
        return ended;
    }

    /**
     * True once every packet that can come has come and left: the sources have ended and the rings are empty. A chain
     * that begins at a guest never finishes by itself, nor does one with a retired segment.
     */
    public boolean finished() {
        return ended()
                && segments.stream().noneMatch(segment -> segment.region().retired());
    }

    /**
     * Undoes what starting did, where starting has failed: a chain that was taken over waits on with its guests, as if
     * this process had been killed; another one ends.
     */
    public void giveBack() {
        runners.forEach(AgentRunner::close);
        // Before the memory goes, into which a card may write.
        endpoints.close();
        segments.forEach(RunningSegment::giveBack);
        // Last: from here on another backend may work on it.
        kept.forEach(segment -> segment.descriptors().release());
    }

    /** Stops the helper threads, tells the guests that the chain has ended, and undoes what starting did. */
    @Override
    public void close() {
        runners.forEach(AgentRunner::close);
        for (RunningSegment segment : segments) {
            segment.region().mirror();
            segment.region().retire(Violation.NONE, "");
        }
        // Before the memory goes, into which a card may write.
        endpoints.close();
        segments.forEach(RunningSegment::close);
    }
}
