// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.FaultOrder;
import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicFiles;
import io.sluice.host.nic.NicOrders;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice nic fault}: what goes wrong with a model that {@code sluice nic serve} plays. */
@Command(
        name = "fault",
        mixinStandardHelpOptions = true,
        description =
                "Lets something go wrong with a model that sluice nic serve plays, or mends it: to see what a driver"
                        + " makes of it. Without a fault, tells what is wrong now.",
        footer = {
            "",
            "Examples:",
            "  sluice nic fault model0 link-down",
            "  sluice nic fault model0 link-up",
            "  sluice nic fault model0 transmit-stuck=0 write-backs-late=2000000",
            "  sluice nic fault model0 none",
            "",
            "Exits with 3 where nobody serves such a card.",
            "",
            "Faults:"
        })
final class NicFaultCommand implements Callable<Integer> {
    private static final int COLUMN = 24;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "NAME", description = "The model's name, as sluice nic list shows it.")
    private String name;

    @Parameters(
            index = "1..*",
            paramLabel = "FAULT",
            description = "What is to go wrong, or to be right again; done in this order, or not at all.")
    private List<String> faults = List.of();

    @Option(
            names = "--run-directory",
            paramLabel = "DIR",
            description = "Where sluice nic serve reports what its card does, if it was told.")
    private Path runDirectory;

    /** All faults, as the help shows them below its footer. */
    static String help() {
        final StringBuilder text = new StringBuilder();
        for (FaultOrder order : FaultOrder.values()) {
            text.append(String.format("  %-" + COLUMN + "s%s%n", order.form(), order.effect()));
        }
        return text.toString();
    }

    @Override
    public Integer call() throws IOException {
        try {
            faults.forEach(FaultOrder::check);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        final RuntimeDirectory directory =
                runDirectory == null ? RuntimeDirectory.ofProcess() : RuntimeDirectory.at(runDirectory);
        final NicFiles.Found found = NicFiles.read(directory);
        found.removed().forEach(err::println);
        final List<Nic> nics =
                found.nics().stream().filter(nic -> nic.name().equals(name)).toList();
        if (nics.size() != 1) {
            err.println(nics.isEmpty() ? nobody(directory) : several(nics));
            return ErrorReport.REFUSED;
        }
        final List<String> wrong = NicOrders.fault(directory, nics.getFirst(), faults);
        out.println(name + ": " + (wrong.isEmpty() ? "nothing is wrong" : String.join("; ", wrong)));
        out.flush();
        return ExitCode.OK;
    }

    private String nobody(RuntimeDirectory directory) {
        return "no process serves a card '" + name + "' (reports would be in " + directory.path()
                + "); sluice nic list shows all. To have one: sluice nic serve " + name
                + " --vfio-user PATH --wire tap:lan";
    }

    private String several(List<Nic> nics) {
        return "several processes hold a card '" + name + "': "
                + nics.stream()
                        .flatMap(nic -> nic.holder().stream())
                        .map(holder -> String.valueOf(holder.process()))
                        .collect(Collectors.joining(", "))
                + "; give each card a name of its own, or each process a --run-directory of its own";
    }
}
