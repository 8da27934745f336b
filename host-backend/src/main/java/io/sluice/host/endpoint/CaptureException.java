// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/** A capture file cannot be read on; the message says what is wrong and at which byte. */
final class CaptureException extends Exception {
    private static final long serialVersionUID = 1L;

    CaptureException(String problem, long offset) {
        super("byte " + offset + ": " + problem);
    }
}
