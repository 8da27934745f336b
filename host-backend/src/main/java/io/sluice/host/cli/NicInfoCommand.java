// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.Nic;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

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
final class NicInfoCommand extends NicReport {
    @Override
    List<String> lines(List<Nic> nics, Ansi ansi) {
        final NicPage page = new NicPage(ansi);
        return nics.stream().flatMap(nic -> page.lines(nic).stream()).toList();
    }
}
