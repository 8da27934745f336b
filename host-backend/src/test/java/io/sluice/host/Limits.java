// SPDX-License-Identifier: Apache-2.0
package io.sluice.host;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What reading one input may cost, whatever the input says: an attempt that takes longer or allocates more fails. */
public final class Limits {
    private static final int SECONDS = 10;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** One thread at a time; a further one only after an attempt that hangs. */
    private static final ExecutorService ATTEMPTS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("attempt").factory());

    private Limits() {}

    /** Something that reads an input and throws what must not be. */
    public interface Attempt {
        void run() throws Exception;
    }

    /** Runs {@code attempt}, which may allocate at most {@code limitBytes} in its own thread. */
    public static void hold(long limitBytes, Attempt attempt) throws Exception {
        // A first attempt also pays for the classes that it loads.
        if (allocated(attempt) > limitBytes) {
            final long bytes = allocated(attempt);
            if (bytes > limitBytes) {
                throw new AssertionError("allocated " + bytes + " bytes, limit " + limitBytes);
            }
        }
    }

    private static long allocated(Attempt attempt) throws Exception {
        final Future<Long> allocated = ATTEMPTS.submit(() -> {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            attempt.run();
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        });
        try {
            return allocated.get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not done after " + SECONDS + " s", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Error error -> throw error;
                case Exception exception -> throw exception;
                case Throwable other -> throw new AssertionError(other);
            }
        }
    }
}
