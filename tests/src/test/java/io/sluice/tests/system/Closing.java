// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

/** Clearing up after a test that may have failed half-way. */
final class Closing {
    private Closing() {}

    /** Closes {@code thing} where there is one; what goes wrong is said and does not keep others from being closed. */
    static void close(AutoCloseable thing) {
        if (thing == null) {
            return;
        }
        try {
            thing.close();
        } catch (Exception e) {
            System.err.println("cannot clear up " + thing + ": " + e);
        }
    }
}
