// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.tests.system.MachineOptions.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;

/** Programs of the tests for a {@link JudgeMachine} with {@link Part#SLUICE}, which they come to by its console. */
final class MachineProgram {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** A terminal takes no longer lines. */
    private static final int LINE_CHARACTERS = 3000;

    private MachineProgram() {}

    /** Types {@code program} into {@code machine}; the command that runs it there, to be followed by its arguments. */
    static String install(JudgeMachine machine, Class<?> program) {
        final String file = "/tmp/" + program.getName().replace('.', '/') + ".class";
        machine.run("mkdir -p " + file.substring(0, file.lastIndexOf('/')) + "; : >/tmp/typed", LIMIT);
        final String text = Base64.getEncoder().encodeToString(bytes(program));
        for (int at = 0; at < text.length(); at += LINE_CHARACTERS) {
            final String part = text.substring(at, Math.min(text.length(), at + LINE_CHARACTERS));
            machine.run("echo " + part + " >>/tmp/typed", LIMIT);
        }
        machine.run("base64 -d /tmp/typed >" + file, LIMIT);
        return "env SLUICE_CLASSES=/tmp SLUICE_MAIN=" + program.getName() + " sluice";
    }

    private static byte[] bytes(Class<?> program) {
        try (InputStream stream = program.getResourceAsStream(program.getSimpleName() + ".class")) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the message in {@code output} tells the user to type: what comes behind {@code "type: "} in its line. */
    static String remedy(String output) {
        final int at = output.indexOf("type: ");
        if (at < 0) {
            throw new AssertionError("no remedy in: " + output);
        }
        return output.substring(at + "type: ".length())
                .lines()
                .findFirst()
                .orElse("")
                .strip();
    }
}
