// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.cli.TextTable.Cell;
import io.sluice.host.doctor.Doctor;
import io.sluice.host.doctor.DoctorJson;
import io.sluice.host.doctor.Finding;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice doctor}: what this host has and lacks. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Looks at this host: IOMMU, cards and who has them, huge pages, locked memory, processors, QEMU, KVM,"
                        + " permissions; what is missing, why it matters, and what to type. Changes nothing.",
        footer = {
            "",
            "A warning is about something that works, but more slowly or less safely, or about something that nobody may"
                    + " want here. What is missing keeps something from working that this host is there for.",
            "",
            "--json: {format, findings[{subject, state, found, why, commands[], lasting[]}]}; state is ok, warning or"
                    + " missing. A release may add names and never changes what one means.",
            "",
            "Examples:",
            "  sluice doctor",
            "  sluice doctor --json | jq -r '.findings[] | select(.state == \"missing\") | .commands[]'",
            "",
            "Exits with 3 where something is missing."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final String INDENT = "         ";

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Option(
            names = "--run-directory",
            paramLabel = "DIR",
            description = "Where the backends keep their files, if their configuration says so.")
    private Path runDirectory;

    @Option(names = "--root", paramLabel = "DIR", hidden = true, description = "Where the files are, for tests.")
    private Path root = Doctor.ROOT;

    @Override
    public Integer call() throws IOException {
        final PrintWriter out = spec.commandLine().getOut();
        final RuntimeDirectory directory =
                runDirectory == null ? RuntimeDirectory.ofProcess() : RuntimeDirectory.at(runDirectory);
        final List<Finding> findings = Doctor.examine(root, directory);
        if (json) {
            DoctorJson.write(out, findings);
        } else {
            lines(findings, Screen.colours(Screen.isTerminal())).forEach(out::println);
        }
        out.flush();
        return count(findings, Finding.State.MISSING) == 0 ? ExitCode.OK : ErrorReport.REFUSED;
    }

    static List<String> lines(List<Finding> findings, Ansi ansi) {
        final TextTable table = new TextTable("", ansi);
        findings.forEach(finding -> table.row(List.of(
                Cell.left(finding.state().name().toLowerCase(Locale.ROOT), style(finding.state())),
                Cell.left(finding.subject(), Style.bold),
                Cell.left(finding.found()))));
        final List<String> rows = table.lines();
        final List<String> lines = new ArrayList<>();
        for (int i = 0; i < findings.size(); i++) {
            final Finding finding = findings.get(i);
            lines.add(rows.get(i));
            if (finding.state() != Finding.State.OK) {
                lines.add(INDENT + "why:   " + finding.why());
                finding.commands().forEach(command -> lines.add(INDENT + "type:  " + styled(ansi, command)));
                finding.lasting().forEach(command -> lines.add(INDENT + "stay:  " + styled(ansi, command)));
            }
        }
        lines.add("");
        lines.add(summary(findings));
        return lines;
    }

    private static String summary(List<Finding> findings) {
        final long missing = count(findings, Finding.State.MISSING);
        final long warnings = count(findings, Finding.State.WARNING);
        final boolean lasting = findings.stream()
                .anyMatch(finding -> finding.state() != Finding.State.OK
                        && !finding.lasting().isEmpty());
        return (missing == 0 ? "nothing is missing" : missing + " missing") + ", "
                + (warnings == 1 ? "1 warning" : warnings + " warnings")
                + (lasting ? "; 'stay' keeps it mended when the machine starts again" : "");
    }

    private static long count(List<Finding> findings, Finding.State state) {
        return findings.stream().filter(finding -> finding.state() == state).count();
    }

    private static Style style(Finding.State state) {
        return switch (state) {
            case OK -> Style.fg_green;
            case WARNING -> Style.fg_yellow;
            case MISSING -> Style.fg_red;
        };
    }

    private static String styled(Ansi ansi, String command) {
        return TextTable.styled(ansi, command, List.of(Style.bold));
    }
}
