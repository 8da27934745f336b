// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Starts other programs to ask them something. */
interface Programs {
    /** How long one may take. */
    int LIMIT_SECONDS = 10;

    /** Those of this machine. */
    Programs SYSTEM = Programs::run;

    /** What a program writes to its standard output; empty where there is no such program, or it does not end. */
    Optional<String> output(List<String> command);

    private static Optional<String> run(List<String> command) {
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // Its output ends when it does, and those that it has started.
            final CompletableFuture<Boolean> late =
                    process.onExit().thenApply(ended -> false).completeOnTimeout(true, LIMIT_SECONDS, TimeUnit.SECONDS);
            late.thenAccept(isLate -> {
                if (isLate) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            });
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return late.join() ? Optional.empty() : Optional.of(output.strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
