// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts other programs to ask them something. */
interface Programs {
    /** How long one may take. */
    Duration LIMIT = Duration.ofSeconds(10);

    /** Those of this machine. */
    Programs SYSTEM = command -> output(command, LIMIT);

    /** What a program writes to its standard output; empty where there is no such program, or it does not end. */
    Optional<String> output(List<String> command);

    /** As {@link #output(List)}, by a program of this machine that may take up to {@code limit}. */
    static Optional<String> output(List<String> command, Duration limit) {
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // One that it has started may hold its output open for longer than itself: this thread does not wait for
            // that.
            final CompletableFuture<String> output = CompletableFuture.supplyAsync(
                    () -> text(process), task -> Thread.ofPlatform().daemon().start(task));
            try {
                return Optional.of(
                        output.get(limit.toMillis(), TimeUnit.MILLISECONDS).strip());
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (IOException | ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    private static String text(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
