// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice nic info}: all that is known of a card but its counters. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        description = "Tells what a card is, what its link waits for, which queues and pools it has, and what is wrong;"
                + " of a card that the kernel has, what stands between it and its use.",
        footer = {
            "",
            "--json is as that of sluice nic list.",
            "",
            "Examples:",
            "  sluice nic info",
            "  sluice nic info model0",
            "  sluice nic info 0000:03:00.0 --json | jq '.cards[].slot.missing'",
            "",
            "Exits with 3 where there is no such card."
        })
final class NicInfoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private NicScope scope;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        final List<Nic> nics = scope.find(err);
        if (json) {
            NicJson.write(out, nics, _ -> Optional.empty(), true);
        } else {
            final NicPage page = new NicPage(Screen.colours(Screen.isTerminal()));
            nics.forEach(nic -> page.lines(nic).forEach(out::println));
        }
        out.flush();
        if (nics.isEmpty()) {
            err.println(scope.nobody());
        }
        return nics.isEmpty() ? ErrorReport.REFUSED : ExitCode.OK;
    }
}
