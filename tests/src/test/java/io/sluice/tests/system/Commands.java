// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The system's own tools. */
final class Commands {
    private static final long LIMIT_SECONDS = 60;

    /** What a tool answered. */
    record Result(int exitCode, String output) {}

    private Commands() {}

    /** Runs a tool, and fails where it does. */
    static String run(String... command) {
        final Result result = attempt(command);
        if (result.exitCode() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " ended with " + result.exitCode() + ":\n" + result.output());
        }
        return result.output();
    }

    /** Runs a tool, whatever it answers. */
    static Result attempt(String... command) {
        try {
            final Process process =
                    new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
            process.getOutputStream().close();
            // Tools here say little: a pipe's 64 KiB hold it, so that it can be read after the end.
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end in " + LIMIT_SECONDS + " s");
            }
            return new Result(
                    process.exitValue(), new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + String.join(" ", command), e);
        }
    }
}
