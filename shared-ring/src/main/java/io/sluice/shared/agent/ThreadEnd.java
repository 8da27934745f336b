// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

/** Waiting for a thread whose memory, descriptors or sockets are freed next. */
public final class ThreadEnd {
    private ThreadEnd() {}

    /**
     * Returns when {@code thread} has ended, also where the caller is interrupted: it is so again when this returns. The
     * thread must have been told to end.
     */
    public static void await(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
