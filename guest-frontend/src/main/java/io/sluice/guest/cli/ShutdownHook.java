// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.cli;

/** Something to do when this process is told to end (SIGTERM, Ctrl-C), from here until {@link #close}. */
final class ShutdownHook implements AutoCloseable {
    private final Thread thread;

    ShutdownHook(Runnable work) {
        thread = new Thread(work, "stop");
        Runtime.getRuntime().addShutdownHook(thread);
    }

    /** Whether this process has been told to end. */
    boolean begun() {
        return thread.getState() != Thread.State.NEW;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs, and this thread is not to touch what it works on before it is done.
            join();
        }
    }

    private void join() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
