// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that looks once at the cards it is about, and shows them to a person or as JSON. */
abstract class NicReport implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private NicScope scope;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    /** What a person is shown of {@code nics}, which are not none. */
    abstract List<String> lines(List<Nic> nics, Ansi ansi);

    /** Exits with {@link ErrorReport#REFUSED} where there is no such card, and says so. */
    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        final List<Nic> nics = scope.find(err);
        if (json) {
            NicJson.write(out, nics, _ -> Optional.empty(), true);
        } else if (!nics.isEmpty()) {
            lines(nics, Screen.colours(Screen.isTerminal())).forEach(out::println);
        }
        out.flush();
        if (nics.isEmpty()) {
            err.println(scope.nobody());
        }
        return nics.isEmpty() ? ErrorReport.REFUSED : ExitCode.OK;
    }
}
