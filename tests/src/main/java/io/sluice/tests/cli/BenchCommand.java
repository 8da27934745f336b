// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.cli;

import io.sluice.shared.posix.PosixException;
import io.sluice.tests.bench.BenchException;
import io.sluice.tests.bench.Benchmarks;
import io.sluice.tests.bench.Effort;
import io.sluice.tests.bench.Report;
import io.sluice.tests.bench.ReportChart;
import io.sluice.tests.bench.ReportJson;
import io.sluice.tests.bench.ReportText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice bench}: how fast Sluice is on this machine, beside peers that run in turns with it. */
@Command(
        name = "sluice bench",
        description = "Measures Sluice on this machine, in turns with peers beside it.",
        footer = {
            "",
            "Examples:",
            "  sluice bench --quick                                         a first look",
            "  sluice bench ring/64B hop                                    some rows",
            "  sluice bench --json bench.json --page docs/performance.md    the page of the documentation",
            "  sluice bench --from bench.json --page docs/performance.md    the page again, nothing measured",
            "",
            "Nothing else should run meanwhile: a benchmark needs two cores for itself."
        })
public final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help and exits.")
    private boolean help;

    @Parameters(paramLabel = "NAME", description = "A suite (ring), some of its rows (hop), or one (ring/64B); all.")
    private List<String> names = List.of();

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Runs of each benchmark, with fresh processes each; ${DEFAULT-VALUE} where not given.",
            defaultValue = "" + Effort.RUNS)
    private int runs;

    @Option(names = "--quick", description = "Shorter runs, three where --runs is not given; figures vary more.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures as JSON, and a chart beside them.")
    private Path json;

    @Option(names = "--page", paramLabel = "FILE", description = "Writes a page in Markdown, and a chart beside it.")
    private Path page;

    @Option(names = "--from", paramLabel = "FILE", description = "Measures nothing: takes the figures from this JSON.")
    private Path from;

    public static void main(String[] args) {
        System.exit(
                new CommandLine(new BenchCommand()).setUsageHelpAutoWidth(true).execute(args));
    }

    @Override
    public Integer call() throws InterruptedException {
        if (from != null && (json != null || !names.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--from measures nothing: leave out --json and names");
        }
        if (runs < 1) {
            throw new ParameterException(spec.commandLine(), "--runs must be 1 or more: runs=" + runs);
        }
        try {
            final Report report = report();
            spec.commandLine().getOut().println(ReportText.text(report));
            if (json != null) {
                ReportJson.write(report, json);
                Files.writeString(chartOf(json), ReportChart.svg(report));
            }
            if (page != null) {
                final Path source = from != null ? from : json;
                Files.writeString(
                        page,
                        ReportText.page(
                                report,
                                chartOf(page).getFileName().toString(),
                                source == null ? "FILE" : source.toString()));
                Files.writeString(chartOf(page), ReportChart.svg(report));
            }
            return ExitCode.OK;
        } catch (IOException e) {
            return failed(e.toString());
        } catch (BenchException | PosixException e) {
            return failed(e.getMessage());
        }
    }

    private Report report() throws IOException, InterruptedException {
        if (from != null) {
            return ReportJson.read(from);
        }
        final boolean given = spec.commandLine().getParseResult().hasMatchedOption("--runs");
        return Benchmarks.run(
                Path.of(System.getProperty("sluice.home", "")),
                names,
                quick ? Effort.quick(given ? runs : Effort.QUICK_RUNS) : Effort.full(runs),
                step -> spec.commandLine().getErr().println("sluice: " + step));
    }

    private int failed(String message) {
        spec.commandLine().getErr().println("sluice: " + message);
        return ExitCode.SOFTWARE;
    }

    private static Path chartOf(Path file) {
        final String name = file.getFileName().toString();
        final int dot = name.lastIndexOf('.');
        return file.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ".svg");
    }
}
