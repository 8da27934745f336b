// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.HostRegion;
import io.sluice.host.attach.LossPolicy;
import io.sluice.host.endpoint.Intake;
import io.sluice.host.endpoint.ReceiveAgent;
import io.sluice.host.endpoint.TransmitAgent;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One chain at work: its segments, its endpoints, and the helper threads that run the host's stages. */
public final class RunningChain implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunningChain.class.getName());

    private final ConfiguredChain configured;
    private final Plan plan;
    private final ChainEndpoints endpoints;
    private final List<RunningSegment> segments = new ArrayList<>();
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<ReceiveAgent> receivers = new ArrayList<>();
    private volatile Throwable failure;

    /**
     * Builds and starts {@code configured}.
     *
     * @param directory where sockets and status files are made
     * @param intake whether packets may enter at once
     * @throws ChainSyntaxException where a hop's options are wrong
     * @throws IOException where the system refuses something, with what to do
     */
    public RunningChain(ConfiguredChain configured, RuntimeDirectory directory, Intake intake) throws IOException {
        this.configured = configured;
        plan = Plan.of(configured.chain());
        final ChainLayout layout = ChainLayout.of(plan, configured);
        endpoints = ChainEndpoints.open(plan, layout.threads() > 1);
        try {
            for (int i = 0; i < plan.segments().size(); i++) {
                segments.add(new RunningSegment(
                        plan.segments().get(i), layout.specs().get(i), layout.threads(), directory));
            }
            start(layout, intake);
            for (RunningSegment segment : segments) {
                segment.open(
                        directory,
                        configured.options().silence(),
                        configured.options().cpus());
            }
        } catch (IOException | RuntimeException e) {
            runners.forEach(AgentRunner::close);
            segments.forEach(RunningSegment::close);
            endpoints.close();
            throw e;
        }
    }

    private void start(ChainLayout layout, Intake intake) {
        final List<List<Agent>> agents = new ArrayList<>();
        for (int thread = 0; thread < layout.threads(); thread++) {
            agents.add(new ArrayList<>());
        }
        for (RunningSegment segment : segments) {
            for (int r = 0; r < segment.plan().rings().size(); r++) {
                addAgents(segment, r, layout.thread(r), agents.get(layout.thread(r)));
            }
        }
        for (int thread = 0; thread < layout.threads(); thread++) {
            runners.add(runner(layout, thread, agents.get(thread)));
        }
        receivers.forEach(receiver -> receiver.intake(intake));
        runners.forEach(AgentRunner::start);
    }

    private void addAgents(RunningSegment segment, int ring, int thread, List<Agent> agents) {
        final List<StagePlan> stages = segment.plan().rings().get(ring).stages();
        for (int s = 0; s < stages.size(); s++) {
            final StagePlan stage = stages.get(s);
            if (stage.party() == PartyPlan.HOST) {
                agents.add(agent(stage, segment.stage(ring, s, thread), stages.getFirst()));
            } else {
                final PartyPlan guest = segment.plan().parties().get(stage.party());
                // Nobody can send in a guest's place.
                if (s > 0 && guest.options().onLoss() != LossPolicy.HOLD) {
                    agents.add(segment.standIn(ring, s, thread, guest));
                }
            }
        }
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
                this::failed);
    }

    private Agent agent(StagePlan plan, Stage stage, StagePlan first) {
        final String role = plan.hop().name();
        return switch (plan.role()) {
            case RECEIVE -> {
                final ReceiveAgent agent =
                        new ReceiveAgent(role, stage, endpoints.of(plan.hop()).source());
                receivers.add(agent);
                yield agent;
            }
            case FUNCTION -> new FunctionAgent(role, stage, endpoints.function(plan.hop()));
            case TRANSMIT ->
                new TransmitAgent(
                        role,
                        stage,
                        endpoints.sink(plan.hop()),
                        endpoints.sink(first.hop()),
                        configured.options().outputStallNanos());
            case GUEST -> throw new IllegalStateException("not the host's stage: " + role);
        };
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
        receivers.forEach(receiver -> receiver.intake(intake));
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
                final HostRegion region = segment.region();
                if (region.retireReason() != Violation.NONE) {
                    return new IllegalStateException(
                            "chain " + region.directory().name() + " was retired: "
                                    + region.retireReason().label());
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

    /** True once this chain moves no more packets: it has {@linkplain #finished finished} or was retired. */
    public boolean ended() {
        return segments.stream().anyMatch(segment -> segment.region().retired()) || finished();
    }

    /**
     * True once every packet that can come has come and left: the sources have ended and the rings are empty. A chain
     * that begins at a guest never finishes by itself.
     */
    public boolean finished() {
        if (receivers.size() < (configured.chain().bothWays() ? 2 : 1)) {
            return false;
        }
        for (ReceiveAgent receiver : receivers) {
            if (!receiver.ended()) {
                return false;
            }
        }
        for (RunningSegment segment : segments) {
            for (int ring = 0; ring < segment.plan().rings().size(); ring++) {
                if (!segment.drained(ring)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Stops the helper threads, tells the guests that the chain has ended, and undoes what starting did. */
    @Override
    public void close() {
        runners.forEach(AgentRunner::close);
        for (RunningSegment segment : segments) {
            segment.region().mirror();
            segment.region().retire(Violation.NONE, "");
        }
        segments.forEach(RunningSegment::close);
        endpoints.close();
    }
}
