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
                    + " groupMembers[], numaNode, pcieLink, interfaces[], missing[]}}]}; a release may add names and never"
                    + " changes what one means. info, stats and watch have the same.",
            "",
            "Examples:",
            "  sluice nic list",
            "  sluice nic list --json | jq '.cards[] | {name, link}'",
            "",
            "Exits with 3 where there is no card."
        })
final class NicListCommand implements Callable<Integer> {
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
        } else if (!nics.isEmpty()) {
            new NicTable(Screen.colours(Screen.isTerminal())).list(nics).forEach(out::println);
        }
        out.flush();
        if (nics.isEmpty()) {
            err.println(scope.nobody());
        }
        return nics.isEmpty() ? ErrorReport.REFUSED : ExitCode.OK;
    }
}
