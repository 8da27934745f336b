// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.model.Model82599;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.packet.EndpointWire;
import io.sluice.host.ixgbe.model.packet.PacketEngine;
import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.host.pci.vfiouser.VfioUserServer;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A model of the card that other programs drive through a socket, by vfio-user: the model, the thread that plays it, the
 * server, and the report of what it does.
 */
public final class ServedModel implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServedModel.class.getName());

    private final Model82599 model;
    private final MeteredWire wire;
    private final AgentRunner runner;
    private final VfioUserServer server;
    private final NicReport report;
    private final NicControl control;
    private final ServedView view;
    private volatile Throwable failure;
    private boolean closed;

    /**
     * Begins to serve.
     *
     * @param wire what the card's port is plugged into, closed with this, also where this fails
     * @param socket where clients connect; it is its user's alone
     * @param directory where what it does is reported
     * @throws IOException where the socket or the report cannot be made, with what to do
     */
    public ServedModel(ModelOptions options, Endpoint wire, Path socket, RuntimeDirectory directory)
            throws IOException {
        this(options, new EndpointWire(wire, true, System::nanoTime), wire.name(), socket, directory);
    }

    /** As the other, with a wire that is no endpoint, and what tables call it. */
    public ServedModel(ModelOptions options, Wire wire, String wireName, Path socket, RuntimeDirectory directory)
            throws IOException {
        this.wire = new MeteredWire(wire);
        this.model = new Model82599(options, System::nanoTime, parts -> new PacketEngine(parts, this.wire));
        this.runner = new AgentRunner(
                model, Sleeper.byAgentsBells(), WaitMode.ADAPTIVE, AgentRunner.ANY_PROCESSOR, this::failed);
        try {
            this.server = new VfioUserServer(socket, model);
        } catch (IOException | RuntimeException e) {
            runner.close();
            model.close();
            throw e;
        }
        this.view = new ServedView(options, model, this.wire, server, wireName);
        try {
            this.report = NicReport.start(directory, options.name(), "nic serve", view::card);
        } catch (IOException | RuntimeException e) {
            server.close();
            runner.close();
            model.close();
            throw e;
        }
        try {
            this.control = NicControl.start(directory, options.name(), new NicControl.Orders() {
                @Override
                public List<String> fault(List<String> faults) {
                    return obey(faults);
                }

                @Override
                public Path socket() {
                    return server.path().toAbsolutePath();
                }
            });
        } catch (IOException | RuntimeException e) {
            report.close();
            server.close();
            runner.close();
            model.close();
            throw e;
        }
        runner.start();
    }

    /** Does all of {@code faults}, or none where one of them is no order. */
    private List<String> obey(List<String> faults) {
        faults.forEach(FaultOrder::check);
        faults.forEach(fault -> FaultOrder.obey(model.faults(), fault));
        if (!faults.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "{0} was ordered: {1}", model.name(), String.join(" ", faults));
        }
        return FaultWords.of(model.faults());
    }

    private void failed(Throwable t) {
        LOG.log(System.Logger.Level.ERROR, "the card's thread has ended", t);
        failure = t;
    }

    /** What ended the card before its time, or null. */
    public Throwable failure() {
        return failure;
    }

    /** Where clients connect. */
    public Path socket() {
        return server.path();
    }

    /** What can be made to go wrong with the card. */
    public Faults faults() {
        return model.faults();
    }

    /** What the card does now. */
    public NicCard card() {
        return view.card();
    }

    /** Lets a client go, unplugs the card and removes socket and report; idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        control.close();
        report.close();
        server.close();
        runner.close();
        model.close();
    }
}
