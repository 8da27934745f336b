// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.host.vm.Accelerator;
import io.sluice.host.vm.GuestImage;
import io.sluice.host.vm.QemuCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A virtual machine as {@code sluice vm} starts it, but in this test's hands: QEMU can be stopped and killed, and the
 * program in it by a key on the console, without Java's having a say in it.
 */
final class GuestMachine implements AutoCloseable {
    private static final String ATTACHED = " attached to chain ";
    private static final int MEMORY_MEBIBYTES = 256;
    /** Ctrl-\, at which the terminal sends SIGQUIT. Java takes no notice of signals under -Xrs: it dies. */
    private static final byte KEY_QUIT = 0x1C;

    private static final String JAVA_OPTIONS = "-Xrs\n";

    private final QemuProcess qemu;

    private GuestMachine(QemuProcess qemu) {
        this.qemu = qemu;
    }

    /** Boots a machine that runs {@code sluice guest} with {@code arguments} as the guest {@code name}. */
    static GuestMachine start(Scratch scratch, GuestImage image, String name, String... arguments) {
        return start(scratch, image, name, false, arguments);
    }

    /** As {@link #start}, and the machine has an IOMMU, so that its ring device interrupts the program. */
    static GuestMachine startWithInterrupts(Scratch scratch, GuestImage image, String name, String... arguments) {
        return start(scratch, image, name, true, arguments);
    }

    private static GuestMachine start(
            Scratch scratch, GuestImage image, String name, boolean virtualIommu, String... arguments) {
        final QemuCommand command = new QemuCommand(
                "qemu-system-x86_64",
                Accelerator.TCG,
                image,
                scratch.socket(name),
                MEMORY_MEBIBYTES,
                1,
                virtualIommu,
                List.of(arguments));
        final List<String> words = new ArrayList<>(command.words());
        final int append = words.indexOf("-append") + 1;
        words.set(append, words.get(append) + " sluice.jvm=" + base64(JAVA_OPTIONS));
        return new GuestMachine(QemuProcess.start(scratch, "qemu", words));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    GuestMachine awaitAttached(Duration limit) {
        return awaitOutput(ATTACHED, limit);
    }

    /** Waits for {@code text} on the console. */
    GuestMachine awaitOutput(String text, Duration limit) {
        qemu.awaitOutput(text, limit);
        return this;
    }

    /** Waits until {@code text} has come over the console {@code times} times. */
    GuestMachine awaitOutput(String text, int times, Duration limit) {
        Await.until(
                times + " times '" + text + "'",
                limit,
                () -> console().split(Pattern.quote(text), -1).length > times,
                this::console);
        return this;
    }

    /** QEMU's. */
    long processId() {
        return qemu.processId();
    }

    /** What has come over the console so far. */
    String console() {
        return qemu.console();
    }

    /** Kills the guest's program; the machine lives on. */
    void killProgram() {
        qemu.type(KEY_QUIT);
    }

    /** SIGSTOP to QEMU: the machine and all in it stand still. */
    void suspend() {
        Commands.run("kill", "-STOP", Long.toString(qemu.processId()));
    }

    /** SIGCONT to QEMU. */
    void resume() {
        Commands.run("kill", "-CONT", Long.toString(qemu.processId()));
    }

    /** SIGKILL to QEMU. */
    void kill() {
        qemu.kill();
    }

    /** Waits for the machine to switch itself off. */
    void awaitEnd(Duration limit) {
        qemu.awaitEnd(limit);
    }

    @Override
    public void close() {
        qemu.close();
    }
}
