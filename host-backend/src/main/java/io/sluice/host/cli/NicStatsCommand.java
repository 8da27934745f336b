// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.Nic;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

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
final class NicStatsCommand extends NicReport {
    @Option(
            names = {"-a", "--all"},
            description = "Also those that are 0.")
    private boolean all;

    @Override
    List<String> lines(List<Nic> nics, Ansi ansi) {
        final NicTable table = new NicTable(ansi);
        return nics.stream().flatMap(nic -> table.counters(nic, all).stream()).toList();
    }
}
