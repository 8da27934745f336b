// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that does what each line on its input asks for, and answers with a line of figures. It ends when its input
 * does, also where the harness is killed.
 */
final class Worker implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final String ENDED = "";

    private final List<String> command;
    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    /** Starts {@code command}, with {@code environment} beside what this process has. */
    Worker(List<String> command, Map<String, String> environment) throws IOException {
        this.command = command;
        final ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        process = builder.start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            output.lines().forEach(answers::add);
        } catch (IOException | UncheckedIOException e) {
            // The process has gone, and that is what the harness is told.
        } finally {
            answers.add(ENDED);
        }
    }

    void ask(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    double[] answer() throws InterruptedException {
        final String line = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (line == null || line.equals(ENDED)) {
            throw new BenchException("a process of the benchmark "
                    + (line == null ? "did not answer in " + LIMIT.toSeconds() + " s" : "has ended")
                    + ", what it said stands above: " + this);
        }
        return Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The command. */
    @Override
    public String toString() {
        return String.join(" ", command);
    }

    /** Ends the process by ending its input, so that it can clean up; by force where it does not hear. */
    @Override
    public void close() {
        try {
            input.close();
            process.onExit().orTimeout(GRACE.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (IOException | CompletionException e) {
            process.destroyForcibly().onExit().join();
        }
    }
}
