// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code sluice guest ...}: hands over to the guest command, which a virtual machine has without the backend. */
@Command(
        name = "guest",
        description = "Runs a packet function as a guest of a chain; 'sluice guest --help' lists them.")
final class GuestCommand implements Callable<Integer> {
    static final String TOOL = "sluice-guest";

    @Spec
    private CommandSpec spec;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        final ToolProvider tool = ToolProvider.findFirst(TOOL)
                .orElseThrow(() -> new IllegalStateException("the guest command is not on the class path"));
        return tool.run(spec.commandLine().getOut(), spec.commandLine().getErr(), arguments.toArray(String[]::new));
    }
}
