// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A virtual machine with the distribution's own kernel, and the cards that somebody serves at sockets as devices on its PCI
 * bus. Commands go to a shell in it over the serial console.
 *
 * <pre>
 *   options = MachineOptions.of(socket0, socket1)        two cards, 0000:00:10.0 and 0000:00:11.0, without drivers yet
 *           .with(Part.SLUICE)                           Java and this checkout: machine.run("sluice nic list", LIMIT)
 *           .with(Part.DPDK)                             dpdk-testpmd
 *           .withVirtualIommu()                          VFIO works: modprobe vfio-pci
 *           .withHugePages(64)                           in /dev/hugepages, and for memfds
 *           .withProcessors(2).withMemory(1024);         Java starts in half the time that it takes with 4
 *   machine = JudgeMachine.start(scratch, options);      the cards are served already
 *   machine.run("modprobe uio_pci_generic", LIMIT);      modules: ixgbe, vfio-pci, vfio_iommu_type1, uio_pci_generic,
 *                                                        8021q, tun, veth
 *   machine.background("backend", "sluice run ...");     its output is in /tmp/backend.log, its process id in
 *                                                        /run/backend.pid
 * </pre>
 * A checkout's classes are those of the last {@code package}, as the launcher runs them.
 */
final class JudgeMachine implements AutoCloseable {
    /** As many as a machine has where its options do not say. */
    static final int PROCESSORS = 4;

    /** Without five levels of page tables and protection keys, which cost an emulator time: it boots a tenth faster. */
    private static final String PROCESSOR = "EPYC";

    private static final String READY = "judge-ready";
    private static final Duration BOOT = Duration.ofSeconds(240);
    private static final Duration STOP = Duration.ofSeconds(60);

    private final QemuProcess qemu;
    private int commands;
    private int boots = 1;

    private JudgeMachine(QemuProcess qemu) {
        this.qemu = qemu;
    }

    /** Boots a machine with the cards at {@code sockets}; their driver is not loaded yet. */
    static JudgeMachine start(Scratch scratch, Path... sockets) {
        return start(scratch, MachineOptions.of(sockets));
    }

    /** Boots a machine of {@code options}; no driver is loaded yet. */
    static JudgeMachine start(Scratch scratch, MachineOptions options) {
        final Path image = Recipe.JUDGE.make();
        final String memory = options.memoryMebibytes() + "M";
        final List<String> words = new ArrayList<>(List.of(
                Recipe.QEMU.make().toString(),
                "-machine",
                "q35",
                "-accel",
                "tcg",
                "-cpu",
                PROCESSOR,
                "-smp",
                Integer.toString(options.processors()),
                "-m",
                memory,
                // The card's process maps the machine's memory.
                "-object",
                "memory-backend-memfd,id=memory,share=on,size=" + memory,
                "-numa",
                "node,memdev=memory",
                "-nodefaults",
                "-display",
                "none",
                "-vga",
                "none",
                "-serial",
                "stdio",
                "-kernel",
                image.resolve("bzImage").toString(),
                "-initrd",
                initialFileSystem(scratch, image, options).toString(),
                "-append",
                options.commandLine()));
        words.addAll(options.deviceWords());
        final QemuProcess qemu = QemuProcess.start(scratch, "judge", words);
        try {
            qemu.awaitOutput(READY, BOOT);
        } catch (AssertionError e) {
            qemu.close();
            throw e;
        }
        return new JudgeMachine(qemu);
    }

    /** The archives of which the machine's files are made, one after the other in one file. */
    private static Path initialFileSystem(Scratch scratch, Path image, MachineOptions options) {
        final Path base = image.resolve("initrd");
        final Path all = scratch.file("initrd-" + options.parts());
        if (options.parts().isEmpty()) {
            return base;
        } else if (Files.exists(all)) {
            return all; // which another machine may still have mapped
        }
        try (OutputStream out = Files.newOutputStream(all)) {
            Files.copy(base, out);
            for (MachineOptions.Part part : options.parts()) {
                Files.copy(
                        switch (part) {
                            case SLUICE -> Recipe.SLUICE.make(sluice(List.of()));
                            case SUITE -> Recipe.SLUICE.make(sluice(DriverSuite.jars()));
                            case DPDK -> Recipe.DPDK.make();
                        },
                        out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    /** What {@link Recipe#SLUICE} asks for: the JDK, the jars that the build has put side by side, and {@code more}. */
    private static String[] sluice(List<Path> more) throws IOException {
        final List<String> words = new ArrayList<>(List.of("--java-home", System.getProperty("java.home")));
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("sluice.home"), "target", "dist", "lib"))) {
            jars.map(Path::toString).sorted().forEach(words::add);
        }
        more.forEach(jar -> words.add(jar.toString()));
        return words.toArray(String[]::new);
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

    /**
     * Starts the simple command {@code command} and leaves it running, with its output in {@code /tmp/NAME.log}; it is ended
     * by {@code kill $(cat /run/NAME.pid)}.
     */
    void background(String name, String command) {
        run("</dev/null " + command + " >/tmp/" + name + ".log 2>&1 & echo $! >/run/" + name + ".pid", STOP);
    }

    /** Waits for {@code text}, without quotes, in the output of what {@link #background} has started, or for its end. */
    void awaitOutput(String name, String text, Duration limit) {
        final String found = "grep -qF '" + text + "' /tmp/" + name + ".log";
        final Commands.Result result = attempt(
                "n=0; until " + found + " || [ $n = " + 2 * limit.toSeconds() + " ] || ! kill -0 $(cat /run/" + name
                        + ".pid); do n=$((n + 1)); sleep 0.5; done; " + found,
                limit.plus(limit));
        if (result.exitCode() != 0) {
            throw new AssertionError("no '" + text + "' from " + name + " in a machine:\n" + output(name));
        }
    }

    /** What {@link #background}'s command {@code name} has written so far. */
    String output(String name) {
        return run("cat /tmp/" + name + ".log", STOP);
    }

    /** Gives the card at {@code slot} to the kernel's driver {@code driver}, whose module is loaded first. */
    void bind(String slot, String driver) {
        final String device = "/sys/bus/pci/devices/" + slot;
        run("modprobe " + driver, STOP);
        run(
                "echo " + driver + " >" + device + "/driver_override && echo " + slot
                        + " >/sys/bus/pci/drivers_probe && readlink " + device + "/driver | grep " + driver,
                STOP);
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
                    if (boots(output) > boots) {
                        throw new AssertionError("the machine has rebooted in '" + command + "':\n" + output);
                    }
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

    private static int boots(String output) {
        return output.split(READY, -1).length - 1;
    }

    /** Resets the machine without asking anybody in it, and waits until it has booted again. */
    void reboot() {
        boots++;
        type("reboot -f");
        Await.until(
                "the machine to be up again",
                BOOT,
                () -> {
                    if (!qemu.alive()) {
                        throw new AssertionError("QEMU ended in a reboot:\n" + console());
                    }
                    return boots(console()) == boots;
                },
                this::console);
    }

    /** SIGKILL: the machine is gone, as in a power cut. */
    void kill() {
        qemu.kill();
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
