// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.host.vm.Accelerator;
import io.sluice.host.vm.GuestImage;
import io.sluice.host.vm.QemuCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A virtual machine as {@code sluice vm} starts it, but in this test's hands: QEMU can be stopped and killed, and the
 * program in it by a key on the console, without Java's having a say in it.
 */
final class GuestMachine implements AutoCloseable {
    private static final String ATTACHED = " attached to chain ";
    private static final int MEMORY_MEBIBYTES = 256;
    /** Ctrl-\, at which the terminal sends SIGQUIT. Java takes no notice of signals under -Xrs: it dies. */
    private static final int KEY_QUIT = 0x1C;

    private static final String JAVA_OPTIONS = "-Xrs\n";
    private static final Duration STOP = Duration.ofSeconds(20);

    private final Process qemu;
    private final Path log;

    private GuestMachine(Process qemu, Path log) {
        this.qemu = qemu;
        this.log = log;
    }

    /** Boots a machine that runs {@code sluice guest} with {@code arguments} as the guest {@code name}. */
    static GuestMachine start(Scratch scratch, GuestImage image, String name, String... arguments) {
        final QemuCommand command = new QemuCommand(
                "qemu-system-x86_64",
                Accelerator.TCG,
                image,
                scratch.socket(name),
                MEMORY_MEBIBYTES,
                1,
                List.of(arguments));
        final List<String> words = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
        words.addAll(command.words());
        final int append = words.indexOf("-append") + 1;
        words.set(append, words.get(append) + " sluice.jvm=" + base64(JAVA_OPTIONS));
        final Path log = scratch.newLog("qemu");
        try {
            return new GuestMachine(
                    new ProcessBuilder(words)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    GuestMachine awaitAttached(Duration limit) {
        return awaitOutput(ATTACHED, limit);
    }

    /** Waits for {@code text} on the console. */
    GuestMachine awaitOutput(String text, Duration limit) {
        Await.until(
                "output '" + text + "' of a virtual machine",
                limit,
                () -> {
                    final boolean there = console().contains(text);
                    if (!there && !qemu.isAlive()) {
                        throw new AssertionError("QEMU ended without output '" + text + "':\n" + console());
                    }
                    return there;
                },
                this::console);
        return this;
    }

    /** What has come over the console so far. */
    String console() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the guest's program; the machine lives on. */
    void killProgram() {
        try {
            qemu.getOutputStream().write(KEY_QUIT);
            qemu.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGSTOP to QEMU: the machine and all in it stand still. */
    void suspend() {
        Commands.run("kill", "-STOP", Long.toString(qemu.pid()));
    }

    /** SIGCONT to QEMU. */
    void resume() {
        Commands.run("kill", "-CONT", Long.toString(qemu.pid()));
    }

    /** SIGKILL to QEMU. */
    void kill() {
        qemu.destroyForcibly();
        awaitEnd(STOP);
    }

    /** Waits for the machine to switch itself off. */
    void awaitEnd(Duration limit) {
        Await.until("the end of QEMU", limit, () -> !qemu.isAlive(), this::console);
    }

    @Override
    public void close() {
        qemu.destroyForcibly();
        try {
            qemu.waitFor(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
