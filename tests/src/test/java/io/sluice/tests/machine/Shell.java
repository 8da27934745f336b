// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.machine;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end, or to its deadline, and shows what it prints while it does. */
final class Shell {
    /** What a command printed on both of its outputs, and how it ended. */
    record Result(int exitCode, String output) {}

    private Shell() {}

    /**
     * Runs {@code command}, each line that it prints shown after {@code name}.
     *
     * @throws AssertionError when it takes longer than {@code limit}; it has been killed then
     */
    static Result run(String name, Duration limit, List<String> command) {
        Process process = null;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .start();
            StringBuilder output = new StringBuilder();
            Process shown = process;
            Thread reader = Thread.ofVirtual().start(() -> show(name, shown, output));
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            reader.join();
            if (!ended) {
                throw new AssertionError(command + " took more than " + limit.toSeconds() + " s:\n" + output);
            }
            return new Result(process.exitValue(), output.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }

    /** Runs {@code command} quietly, which must succeed. */
    static String output(String... command) {
        Result result = run("", Duration.ofSeconds(60), List.of(command));
        if (result.exitCode() != 0) {
            throw new AssertionError(List.of(command) + " exits with " + result.exitCode() + ": " + result.output());
        }
        return result.output();
    }

    private static void show(String name, Process process, StringBuilder output) {
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (!name.isEmpty()) {
                    System.out.println(name + " | " + line);
                }
            }
        } catch (IOException e) {
            output.append("(output lost: ").append(e.getMessage()).append(")\n");
        }
    }
}
