// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One guest as a process of its own, whose output is kept for the case that it fails. */
final class DemoGuest implements AutoCloseable {
    /** What every guest command says when it has. */
    private static final String ATTACHED = " attached to chain ";

    private static final int OUTPUT_LINES = 40;
    private static final int KILL_SECONDS = 5;

    private final String name;
    private final Process process;
    private final Path output;

    private DemoGuest(String name, Process process, Path output) {
        this.name = name;
        this.process = process;
        this.output = output;
    }

    /**
     * Starts the guest {@code name}, which runs {@code function} with its options.
     *
     * @param virtualMachine whether it runs in a virtual machine, else as a process
     */
    static DemoGuest start(String name, List<String> function, boolean virtualMachine, DemoDirectory directory)
            throws IOException {
        final List<String> arguments = new ArrayList<>();
        if (virtualMachine) {
            arguments.addAll(List.of("vm", name, "--"));
        }
        arguments.add("guest");
        arguments.addAll(function);
        if (!virtualMachine) {
            arguments.add("--port");
            arguments.add("ptnet:" + directory.runtime().guestSocket(name));
        }
        final Path output = directory.path().resolve(name + ".log");
        final ProcessBuilder builder = new ProcessBuilder(ThisProgram.command(arguments))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("SLUICE_RUN", directory.path().toString());
        return new DemoGuest(name, builder.start(), output);
    }

    /** Whether it says that it has attached: a virtual machine's device does so long before the guest in it has booted. */
    boolean attached() throws IOException {
        return Files.readString(output).contains(ATTACHED);
    }

    String name() {
        return name;
    }

    long processId() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** That it has ended before its time, and what it said last. */
    DemoException ended() throws IOException {
        return new DemoException(
                "guest " + name + " has ended with exit code " + process.exitValue() + "; it said:\n" + output());
    }

    /** What it said last. */
    String output() throws IOException {
        final List<String> lines = Files.readString(output).lines().toList();
        return lines.isEmpty()
                ? "  (nothing)"
                : "  " + String.join("\n  ", lines.subList(Math.max(0, lines.size() - OUTPUT_LINES), lines.size()));
    }

    /** Waits for the end that its backend's end brings about; false where that takes too long. */
    boolean awaitEnd(long seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Ends it if it still runs, kindly first. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
