// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.vm;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A running QEMU, which never outlives this process. */
public final class VirtualMachine implements AutoCloseable {
    private static final long STOP_SECONDS = 3;
    private static final int MAX_LINE_CHARACTERS = 4096;
    private static final List<String> DIE_WITH_PARENT = List.of("/usr/bin/setpriv", "--pdeathsig", "KILL", "--");

    private final Process process;

    private VirtualMachine(Process process) {
        this.process = process;
    }

    /** Starts QEMU with {@code interactive} input from this process's terminal, or none. */
    public static VirtualMachine start(QemuCommand command, boolean interactive) throws IOException {
        final List<String> words = new ArrayList<>();
        if (Files.isExecutable(Path.of(DIE_WITH_PARENT.getFirst()))) {
            // Also where this process is killed with -9, and no shutdown hook runs.
            words.addAll(DIE_WITH_PARENT);
        }
        words.addAll(command.words());
        final ProcessBuilder builder = new ProcessBuilder(words);
        if (interactive) {
            builder.inheritIO();
        } else {
            builder.redirectErrorStream(true).redirectInput(new File("/dev/null"));
        }
        try {
            final VirtualMachine machine = new VirtualMachine(builder.start());
            Runtime.getRuntime().addShutdownHook(new Thread(machine::close, "stop " + command.qemu()));
            return machine;
        } catch (IOException e) {
            throw new IOException(
                    "cannot start " + command.qemu() + ": " + e.getMessage()
                            + "; install it (Debian: apt-get install qemu-system-x86), or say --qemu PATH",
                    e);
        }
    }

    /** Gives each line of the console to {@code lines} until QEMU ends. */
    public void readConsole(Consumer<String> lines) throws IOException {
        try (BufferedReader reader = process.inputReader()) {
            final StringBuilder line = new StringBuilder();
            for (int character = reader.read(); character >= 0; character = reader.read()) {
                // A guest need not ever end its line.
                if (character == '\n' || line.length() == MAX_LINE_CHARACTERS) {
                    lines.accept(ConsoleText.plain(line));
                    line.setLength(0);
                }
                if (character != '\n') {
                    line.append((char) character);
                }
            }
            if (!line.isEmpty()) {
                lines.accept(ConsoleText.plain(line));
            }
        } catch (IOException e) {
            if (process.isAlive()) {
                throw e;
            }
        }
    }

    /** Waits for QEMU's end: its exit code. */
    public int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Ends QEMU, by force where it does not end by itself. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
