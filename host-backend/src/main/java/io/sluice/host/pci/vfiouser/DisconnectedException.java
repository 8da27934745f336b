// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

/** A connection ended, or has to. */
final class DisconnectedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Disconnect reason;

    /** For {@code reason}, with numbers or names that tell more, or nothing. */
    DisconnectedException(Disconnect reason, String detail) {
        this(reason, detail, null);
    }

    DisconnectedException(Disconnect reason, String detail, Throwable cause) {
        super(reason.words() + (detail.isEmpty() ? "" : ": " + detail), cause);
        this.reason = reason;
    }

    Disconnect reason() {
        return reason;
    }
}
