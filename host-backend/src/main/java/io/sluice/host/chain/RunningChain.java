// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.GuestAttachments;
import io.sluice.host.attach.HostRegion;
import io.sluice.host.attach.StatusFile;
import io.sluice.host.endpoint.Intake;
import io.sluice.host.endpoint.ReceiveAgent;
import io.sluice.host.endpoint.TransmitAgent;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.function.FunctionAgent;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One chain at work: its region, its endpoints, its guests' sockets and the helper threads that run the host's stages.
 */
public final class RunningChain implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RunningChain.class.getName());

    private final ConfiguredChain configured;
    private final ChainEndpoints endpoints;
    private final GuestAttachments guests;
    private final HostRegion region;
    private final List<AgentRunner> runners = new ArrayList<>();
    private final List<ReceiveAgent> receivers = new ArrayList<>();
    private volatile Throwable failure;

    /**
     * Builds and starts {@code configured}.
     *
     * @param directory where sockets and the status file are made
     * @param intake whether packets may enter at once
     * @throws ChainSyntaxException where a hop's options are wrong
     * @throws IOException where the system refuses something, with what to do
     */
    public RunningChain(ConfiguredChain configured, RuntimeDirectory directory, Intake intake) throws IOException {
        this.configured = configured;
        final Plan plan = Plan.of(configured.chain());
        final ChainLayout layout = ChainLayout.of(plan, configured);
        final String status = "backend-" + ProcessHandle.current().pid() + "-" + configured.name() + StatusFile.SUFFIX;
        endpoints = ChainEndpoints.open(plan, layout.threads() > 1);
        HostRegion newRegion = null;
        GuestAttachments newGuests = null;
        try {
            newRegion = new HostRegion(layout.spec(), directory.path().resolve(status));
            newGuests = new GuestAttachments(layout.threads());
            region = newRegion;
            guests = newGuests;
            if (!region.memory().note().isEmpty()) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "chain {0}: {1}",
                        configured.name(),
                        region.memory().note());
            }
            start(plan, layout, intake);
            guests.open(region, directory, configured.options().cpus());
        } catch (IOException | RuntimeException e) {
            runners.forEach(AgentRunner::close);
            if (newGuests != null) {
                newGuests.close();
            }
            if (newRegion != null) {
                newRegion.close();
            }
            endpoints.close();
            throw e;
        }
    }

    private void start(Plan plan, ChainLayout layout, Intake intake) {
        final List<List<Agent>> threads = new ArrayList<>();
        final List<List<Stage>> stages = new ArrayList<>();
        for (int i = 0; i < layout.threads(); i++) {
            threads.add(new ArrayList<>());
            stages.add(new ArrayList<>());
        }
        for (int r = 0; r < plan.rings().size(); r++) {
            final RingPlan ringPlan = plan.rings().get(r);
            final Ring ring = region.directory().ring(r);
            for (int s = 0; s < ringPlan.stages().size(); s++) {
                final StagePlan stagePlan = ringPlan.stages().get(s);
                if (stagePlan.party() == PartyPlan.HOST) {
                    final Stage stage = new Stage(ring, s, guests.doorbell());
                    threads.get(layout.thread(r)).add(agent(stagePlan, stage, ringPlan));
                    stages.get(layout.thread(r)).add(stage);
                }
            }
        }
        for (int i = 0; i < threads.size(); i++) {
            final String name = configured.name() + (threads.size() == 1 ? "" : "/" + i);
            final List<Integer> cpus = configured.options().cpus();
            final int processor = cpus.isEmpty() ? AgentRunner.ANY_PROCESSOR : cpus.get(i % cpus.size());
            final Sleeper sleeper = new Sleeper(guests.hostBell(i));
            runners.add(new AgentRunner(
                    new HelperAgent(name, threads.get(i), stages.get(i), this::violated),
                    sleeper,
                    configured.options().waitMode(),
                    processor,
                    this::failed));
        }
        receivers.forEach(receiver -> receiver.intake(intake));
        runners.forEach(AgentRunner::start);
    }

    private Agent agent(StagePlan plan, Stage stage, RingPlan ring) {
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
                        endpoints.sink(ring.stages().getFirst().hop()),
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
        region.retire(Violation.NONE, "");
    }

    /** Lets packets in, holds them back, or ends the sources: the rings then drain and the chain finishes. */
    public void intake(Intake intake) {
        receivers.forEach(receiver -> receiver.intake(intake));
        for (int thread = 0; thread < runners.size(); thread++) {
            guests.wakeHost(thread);
        }
    }

    private void violated(Stage stage) {
        final Ring ring = stage.ring();
        final int before = (stage.index() == 0 ? ring.stageCount() : stage.index()) - 1;
        region.retire(stage.violation(), ring.label(before));
    }

    public ConfiguredChain configured() {
        return configured;
    }

    public HostRegion region() {
        return region;
    }

    /** What ended this chain before its time, in a helper thread or by a guest's fault, or null. */
    public Throwable failure() {
        if (failure == null && region.retireReason() != Violation.NONE) {
            return new IllegalStateException("chain " + configured.name() + " was retired: "
                    + region.retireReason().label());
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
        return region.retired() || finished();
    }

    /**
     * True once every packet that can come has come and left: the sources have ended and the rings are empty. A chain
     * that begins at a guest never finishes by itself.
     */
    public boolean finished() {
        if (receivers.size() < region.directory().ringCount()) {
            return false;
        }
        for (ReceiveAgent receiver : receivers) {
            final Ring ring = receiver.stage().ring();
            if (!receiver.ended() || ring.positionAcquire(ring.stageCount() - 1) != ring.positionAcquire(0)) {
                return false;
            }
        }
        return true;
    }

    /** Stops the helper threads, tells the guests that the chain has ended, and undoes what starting did. */
    @Override
    public void close() {
        runners.forEach(AgentRunner::close);
        region.mirror();
        region.retire(Violation.NONE, "");
        guests.close();
        endpoints.close();
        region.close();
    }
}
