// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work on one end of a connection, in a thread of its own. */
final class Background {
    private Background() {}

    interface Work<T> {
        T call() throws IOException;
    }

    /** Begins {@code work} in a thread called {@code name}. */
    static <T> CompletableFuture<T> start(String name, Work<T> work) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                result.complete(work.call());
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** Waits for its result; where none comes, or none in time, the test fails. */
    static <T> T await(CompletableFuture<T> result, Duration limit, String what) {
        try {
            return result.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(what + " failed: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + what, e);
        }
    }
}
