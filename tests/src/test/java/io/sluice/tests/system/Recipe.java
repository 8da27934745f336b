// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.tests.Precondition;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Scripts of the checkout that get something from the distribution's archive, once, and print where it is. */
enum Recipe {
    /** A QEMU that gives a machine a PCI device which another process plays. */
    QEMU(".ci/qemu", "a QEMU with vfio-user-pci (10.1 or newer)"),
    /** The folder of a kernel and an initial file system with the distribution's own driver. */
    JUDGE("tests/src/image/build-judge", "an image with the distribution's kernel"),
    /** An archive that adds DPDK's testpmd to that. */
    DPDK("tests/src/image/build-dpdk", "the distribution's DPDK"),
    /** An archive that adds Java and this checkout to it: {@code --java-home JDK JAR...}. */
    SLUICE("tests/src/image/build-sluice", "an image with Java");

    private final String script;
    private final String need;

    Recipe(String script, String need) {
        this.script = script;
        this.need = need;
    }

    /**
     * Makes it or finds it made, by the script with {@code arguments}; a test whose machine cannot have it is reported as
     * one that could not run.
     */
    Path make(String... arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("sluice.home"), script).toString());
        command.addAll(List.of(arguments));
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            Precondition.require(process.waitFor() == 0, need + ", and " + script + " says above why there is none");
            return Path.of(output.substring(output.lastIndexOf('\n') + 1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + script, e);
        }
    }
}
