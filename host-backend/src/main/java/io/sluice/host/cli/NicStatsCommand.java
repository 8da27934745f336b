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

/** {@code sluice nic stats}: a card's counters. */
@Command(
        name = "stats",
        mixinStandardHelpOptions = true,
        description =
                "Shows the counters of a card since it was opened: the name of each in the datasheet, and in words.",
        footer = {
            "",
            "Counters of a card that the kernel has are those of its interface, by their names in sysfs.",
            "--json is as that of sluice nic list, and has all counters.",
            "",
            "Examples:",
            "  sluice nic stats model0",
            "  sluice nic stats model0 --all",
            "  sluice nic stats --json | jq '.cards[].counters[] | select(.count > 0)'",
            "",
            "Exits with 3 where there is no such card."
        })
final class NicStatsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private NicScope scope;

    @Option(
            names = {"-a", "--all"},
            description = "Also those that are 0.")
    private boolean all;

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
            final NicTable table = new NicTable(Screen.colours(Screen.isTerminal()));
            nics.forEach(nic -> table.counters(nic, all).forEach(out::println));
        }
        out.flush();
        if (nics.isEmpty()) {
            err.println(scope.nobody());
        }
        return nics.isEmpty() ? ErrorReport.REFUSED : ExitCode.OK;
    }
}
