// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code sluice} command in a process of its own, as a user starts it; ended, by its process id, when it is closed. */
final class SluiceProcess implements AutoCloseable {
    private static final String MAIN = "io.sluice.host.cli.Main";
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final String ATTACHED = " attached to chain ";

    private final List<String> arguments;
    private final Process process;
    private final Path log;

    private SluiceProcess(List<String> arguments, Process process, Path log) {
        this.arguments = arguments;
        this.process = process;
        this.log = log;
    }

    /** Starts {@code sluice} with {@code arguments} and the runtime directory of {@code scratch}. */
    static SluiceProcess start(Scratch scratch, String... arguments) {
        return startWith(scratch, List.of(), arguments);
    }

    /** As {@link #start}, with further options of the Java virtual machine. */
    static SluiceProcess startWith(Scratch scratch, List<String> javaOptions, String... arguments) {
        return startMain(scratch, List.of(), MAIN, javaOptions, arguments);
    }

    /** Starts a program of a test's own in the same way: {@code main} with {@code arguments}. */
    static SluiceProcess startProgram(Scratch scratch, Class<?> main, String... arguments) {
        return startMain(scratch, List.of(), main.getName(), List.of(), arguments);
    }

    /** As {@link #start}, by another program that is given this command as its last arguments. */
    static SluiceProcess startUnder(Scratch scratch, List<String> program, String... arguments) {
        return startMain(scratch, program, MAIN, List.of(), arguments);
    }

    private static SluiceProcess startMain(
            Scratch scratch, List<String> program, String main, List<String> javaOptions, String... arguments) {
        final List<String> command = new ArrayList<>(program);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=deny",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Dsluice.home=" + System.getProperty("sluice.home")));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        final Path log = scratch.newLog(main.substring(main.lastIndexOf('.') + 1));
        final ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().put("SLUICE_RUN", scratch.runDirectory().toString());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        try {
            return new SluiceProcess(List.of(arguments), builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts {@code sluice run} and waits until its chains run. */
    static SluiceProcess backend(Scratch scratch, String... chains) {
        final String[] arguments = new String[chains.length + 1];
        arguments[0] = "run";
        System.arraycopy(chains, 0, arguments, 1, chains.length);
        return start(scratch, arguments).awaitOutput("running; ", Await.START);
    }

    /**
     * Starts {@code sluice nic serve} for card {@code name} at {@code socket}, with {@code options}, and waits until it is
     * served; with {@code --cable} among them also the card at its other end.
     */
    static SluiceProcess card(Scratch scratch, String name, Path socket, String... options) {
        final List<String> arguments = new ArrayList<>(List.of("nic", "serve", name, "--vfio-user", socket.toString()));
        arguments.addAll(List.of(options));
        // The process says it of all its cards at once.
        return start(scratch, arguments.toArray(String[]::new)).awaitOutput("serving " + name, Await.START);
    }

    /** Starts {@code sluice guest} with {@code function} and its options at the socket of the guest {@code name}. */
    static SluiceProcess startGuest(Scratch scratch, String name, String function, String... options) {
        final List<String> arguments = new ArrayList<>(List.of("guest", function));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--port", "ptnet:" + scratch.socket(name)));
        return start(scratch, arguments.toArray(String[]::new));
    }

    /** As {@link #startGuest}, and waits until it is attached. */
    static SluiceProcess guest(Scratch scratch, String name, String function, String... options) {
        return startGuest(scratch, name, function, options).awaitAttached();
    }

    /** Starts {@code sluice vm}: a virtual machine that runs {@code sluice guest} with {@code function} and its options. */
    static SluiceProcess startMachine(Scratch scratch, String name, String function, String... options) {
        final List<String> arguments = new ArrayList<>(List.of("vm", name, "--", "guest", function));
        arguments.addAll(List.of(options));
        return start(scratch, arguments.toArray(String[]::new));
    }

    SluiceProcess awaitAttached() {
        return awaitAttached(Await.START);
    }

    SluiceProcess awaitAttached(Duration limit) {
        return awaitOutput(ATTACHED, limit);
    }

    /** Waits for {@code text} on either of the two output streams. */
    SluiceProcess awaitOutput(String text, Duration limit) {
        Await.until(
                "output '" + text + "' of " + this,
                limit,
                () -> {
                    final boolean ended = !process.isAlive();
                    final boolean there = output().contains(text);
                    if (ended && !there) {
                        throw new AssertionError(this + " ended without output '" + text + "':\n" + output());
                    }
                    return there;
                },
                this::output);
        return this;
    }

    /** Waits for the process to end by itself and answers its exit code. */
    int awaitExit(Duration limit) {
        Await.until("the end of " + this, limit, () -> !process.isAlive(), this::output);
        return process.exitValue();
    }

    /** What the process has written so far, both streams. */
    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long processId() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** SIGTERM, as Ctrl-C does; the process must end in order. */
    void stop() {
        process.destroy();
        awaitExit(STOP);
        assertThat(output()).as("output of %s", this).doesNotContain("Exception", "SIGSEGV");
    }

    /** SIGSTOP: from here on it does nothing, wherever it was, until {@link #resume}. */
    void suspend() {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        Commands.run("kill", "-" + name, Long.toString(process.pid()));
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitExit(STOP);
    }

    /** Ends the process whatever it does. */
    @Override
    public void close() {
        if (process.isAlive()) {
            // One that is stopped does not end before it goes on.
            Commands.attempt("kill", "-CONT", Long.toString(process.pid()));
        }
        process.destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "sluice " + String.join(" ", arguments) + " (process " + process.pid() + ")";
    }
}
