// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.cli;

import io.sluice.guest.port.GuestPort;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.pacing.WaitMode;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** The options that every guest command has: where to attach, and how to wait. */
final class PortOptions {
    /** The backend ended or retired the region. */
    static final int BACKEND_LOST = 3;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "auto",
            description = "auto: this virtual machine's ring device (default). pci:ADDRESS: that one."
                    + " ptnet:SOCKET: the backend's socket, from a process or container.")
    String port = "auto";

    @Option(
            names = "--wait",
            paramLabel = "MODE",
            defaultValue = "adaptive",
            description = "How to wait for packets: spin, adaptive (default) or block.")
    String wait = "adaptive";

    @Option(names = "--cpu", paramLabel = "N", description = "Run on this processor only.")
    int processor = AgentRunner.ANY_PROCESSOR;

    WaitMode waitMode() {
        return WaitMode.parse(wait);
    }

    /** Attaches, and says so. */
    GuestPort open(PrintWriter out) throws IOException {
        final GuestPort opened = GuestPort.open(port);
        out.println("guest " + opened.name() + " attached to chain " + opened.chain()
                + (opened.note().isEmpty() ? "" : " (" + opened.note() + ")"));
        out.flush();
        return opened;
    }
}
