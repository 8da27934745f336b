// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.Nic;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** {@code sluice nic list}: one line for each card. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists cards and models: what they are, their link, and who has them.",
        footer = {
            "",
            "--json: {format, cards[{name, kind, door, wire, id, subsystem, revision, mac, link{state, speedMegabits,"
                    + " waitingFor, changes}, module, traffic{received, receivedBytes, transmitted, transmittedBytes,"
                    + " dropped}, counters[{register, words, count}], queues[{direction, number, user, descriptors, busy,"
                    + " packets, bytes, dropped}], pools[{number, user, filter, queues}], faults[], notes[],"
                    + " holder{process, role, state, started, silentMillis}, slot{address, driver, iommuGroup,"
                    + " groupMembers[], numaNode, pcieLink, interfaces[], missing[], commands[]}}]}; a release may add"
                    + " names and never changes what one means. info, stats and watch have the same.",
            "",
            "Examples:",
            "  sluice nic list",
            "  sluice nic list --json | jq '.cards[] | {name, link}'",
            "",
            "Exits with 3 where there is no card."
        })
final class NicListCommand extends NicReport {
    @Override
    List<String> lines(List<Nic> nics, Ansi ansi) {
        return new NicTable(ansi).list(nics);
    }
}
