// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.cli;

import io.sluice.guest.port.EchoAgent;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
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
        try {
            port.waitMode();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return port.run(
                spec.commandLine(),
                (opened, onError) -> opened.start(
                        () -> new EchoAgent(opened.receiver(), opened.sender()),
                        port.waitMode(),
                        port.processor,
                        onError));
    }
}
