// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** What goes wrong with an endpoint while it runs: told once in the log, kept for the status. */
final class Trouble {
    private static final Logger LOGGER = System.getLogger(Endpoint.class.getPackageName());

    private final String endpoint;
    private final AtomicReference<String> failure = new AtomicReference<>();

    Trouble(String endpoint) {
        this.endpoint = endpoint;
    }

    /** Whose trouble: the endpoint's name. */
    String endpoint() {
        return endpoint;
    }

    /** The endpoint no longer works, or ended early. Only the first failure is told and kept. */
    void fail(String why) {
        if (failure.compareAndSet(null, endpoint + ": " + why)) {
            LOGGER.log(Level.ERROR, failure.get());
        }
    }

    /** Something that the user should know and that does not end the endpoint; the caller tells it once. */
    void warn(String what) {
        LOGGER.log(Level.WARNING, endpoint + ": " + what);
    }

    Optional<String> failure() {
        return Optional.ofNullable(failure.get());
    }
}
