// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A virtual machine with the distribution's own kernel, and the card that somebody serves at a socket as a device on its
 * PCI bus. Commands go to a shell in it over the serial console.
 */
final class JudgeMachine implements AutoCloseable {
    static final int PROCESSORS = 4;
    private static final String READY = "judge-ready";
    private static final int MEMORY_MEBIBYTES = 512;
    private static final Duration BOOT = Duration.ofSeconds(180);
    private static final Duration STOP = Duration.ofSeconds(20);

    private final QemuProcess qemu;
    private int commands;

    private JudgeMachine(QemuProcess qemu) {
        this.qemu = qemu;
    }

    /** Boots a machine with the card at {@code socket}; its driver is not loaded yet. */
    static JudgeMachine start(Scratch scratch, Path socket) {
        final Path image = Recipe.JUDGE.make();
        final List<String> words = List.of(
                Recipe.QEMU.make().toString(),
                "-machine",
                "q35",
                "-accel",
                "tcg",
                "-cpu",
                "max",
                "-smp",
                Integer.toString(PROCESSORS),
                "-m",
                MEMORY_MEBIBYTES + "M",
                // The card's process maps the machine's memory.
                "-object",
                "memory-backend-memfd,id=memory,share=on,size=" + MEMORY_MEBIBYTES + "M",
                "-numa",
                "node,memdev=memory",
                "-nodefaults",
                "-display",
                "none",
                "-vga",
                "none",
                "-no-reboot",
                "-serial",
                "stdio",
                "-kernel",
                image.resolve("bzImage").toString(),
                "-initrd",
                image.resolve("initrd").toString(),
                "-append",
                "console=ttyS0 quiet loglevel=3 panic=-1 no_timer_check",
                // Only this form of the option can say what kind of socket it is.
                "-device",
                "{\"driver\":\"vfio-user-pci\",\"socket\":{\"type\":\"unix\",\"path\":\"" + socket + "\"}}");
        final QemuProcess qemu = QemuProcess.start(scratch, "judge", words);
        try {
            qemu.awaitOutput(READY, BOOT);
        } catch (AssertionError e) {
            qemu.close();
            throw e;
        }
        return new JudgeMachine(qemu);
    }

    /** All that has come over the console so far. */
    String console() {
        return qemu.console();
    }

    /** Runs {@code command} in the machine's shell, and answers what it prints; fails where it does. */
    String run(String command, Duration limit) {
        final Commands.Result result = attempt(command, limit);
        if (result.exitCode() != 0) {
            throw new AssertionError(command + " ended with " + result.exitCode() + ":\n" + result.output());
        }
        return result.output();
    }

    /** Runs {@code command}, whatever it answers. */
    Commands.Result attempt(String command, Duration limit) {
        final String end = "@end-" + ++commands + " ";
        final int from = console().length();
        type("{ " + command + "\n} 2>&1; echo \"" + end + "$?.\"");
        Await.until(
                "the end of '" + command + "' in a machine",
                limit,
                () -> {
                    if (!qemu.alive()) {
                        throw new AssertionError("QEMU ended in '" + command + "':\n" + console());
                    }
                    final String output = console();
                    final int at = output.indexOf(end, from);
                    return at >= 0 && output.indexOf('.', at) >= 0;
                },
                this::console);
        final String output = console();
        final int at = output.indexOf(end, from);
        final String code = output.substring(at + end.length(), output.indexOf('.', at));
        return new Commands.Result(Integer.parseInt(code), output.substring(from, at));
    }

    /**
     * What the kernel's log holds of warnings and worse, since {@link #forgetLog}; without that of a timer's interrupt which
     * took long, as all does in a machine that a busy host emulates.
     */
    List<String> warnings() {
        // Lines <PRIORITY>[SECONDS] TEXT; a priority is a facility times 8 and a level, 4 for a warning.
        return run("dmesg -r", STOP)
                .lines()
                .filter(line -> line.startsWith("<"))
                .filter(line -> (Integer.parseInt(line.substring(1, line.indexOf('>'))) & 7) <= 4)
                .filter(line -> !line.contains("hrtimer: interrupt took"))
                .toList();
    }

    /** The kernel's log since {@link #forgetLog}. */
    String log() {
        return run("dmesg", STOP);
    }

    /** Empties the kernel's log of what came before the card was driven. */
    void forgetLog() {
        run("dmesg -c >/dev/null", STOP);
    }

    /** Switches the machine off. */
    void powerOff() {
        type("exit");
        qemu.awaitEnd(STOP);
    }

    private void type(String line) {
        qemu.type((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        qemu.close();
    }
}
