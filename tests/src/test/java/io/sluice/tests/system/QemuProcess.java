// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** QEMU in a test's hands, and the serial console of the machine that it plays; it does not outlive the test. */
final class QemuProcess implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(20);

    private final Process process;
    private final Path log;

    private QemuProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts QEMU by the command {@code words}; the console's log has a name that begins with {@code name}. */
    static QemuProcess start(Scratch scratch, String name, List<String> words) {
        final List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        command.addAll(words);
        final Path log = scratch.newLog(name);
        try {
            return new QemuProcess(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for {@code text} on the console. */
    void awaitOutput(String text, Duration limit) {
        Await.until(
                "'" + text + "' on the console of a virtual machine",
                limit,
                () -> {
                    // Asked first: all that an ended QEMU wrote can be read.
                    final boolean ended = !process.isAlive();
                    final boolean there = console().contains(text);
                    if (ended && !there) {
                        throw new AssertionError("QEMU ended without '" + text + "':\n" + console());
                    }
                    return there;
                },
                this::console);
    }

    /** What has come over the console so far. */
    String console() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Types {@code bytes} on the console. */
    void type(byte... bytes) {
        try {
            process.getOutputStream().write(bytes);
            process.getOutputStream().flush();
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

    /** Waits for QEMU to end by itself. */
    void awaitEnd(Duration limit) {
        Await.until("the end of QEMU", limit, () -> !process.isAlive(), this::console);
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitEnd(STOP);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
