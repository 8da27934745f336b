// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Loads modules into the kernel. */
interface KernelModules {
    /** By modprobe(8). */
    KernelModules MODPROBE = KernelModules::modprobe;

    /**
     * Loads a module with all that it needs, or does nothing where that has been done.
     *
     * @param name a module's name, or an alias of modules.alias
     * @throws IOException where it cannot be loaded, with modprobe's words
     */
    void load(String name) throws IOException;

    private static void modprobe(String name) throws IOException {
        // Not on every user's PATH.
        final String program = List.of("/sbin/modprobe", "/usr/sbin/modprobe").stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse("modprobe");
        final Process process;
        try {
            process = new ProcessBuilder(program, name)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    "the kernel's module " + name + " is not loaded, and there is no modprobe to load it"
                            + " with; install the package kmod",
                    e);
        }
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("modprobe " + name + " failed: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in modprobe " + name, e);
        }
    }
}
