// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.cli;

import io.sluice.guest.port.EchoAgent;
import io.sluice.guest.port.GuestPort;
import io.sluice.shared.agent.AgentRunner;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice guest echo}: an end of a chain that sends every frame back to its sender. */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        description = "Stands at an end of a chain and sends every frame back with its MAC addresses exchanged:"
                + " 'gen: <=> guest:NAME'.")
final class EchoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private PortOptions port = new PortOptions();

    @Override
    public Integer call() throws InterruptedException {
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        try (GuestPort opened = port.open(spec.commandLine().getOut());
                AgentRunner runner = opened.start(
                        new EchoAgent(opened.receiver(), opened.sender()),
                        port.waitMode(),
                        port.processor,
                        failure::set)) {
            while (opened.live() && runner.alive()) {
                runner.join(100);
            }
        } catch (IOException | IllegalStateException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return PortOptions.BACKEND_LOST;
        }
        return failure.get() == null ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
