// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/** An endpoint cannot be opened; the message is for the user: which endpoint, what stands in the way, what to do. */
public final class EndpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EndpointException(String message) {
        super(message);
    }

    public EndpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
