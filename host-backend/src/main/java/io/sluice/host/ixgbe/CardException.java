// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import java.io.IOException;

/** A card is not what it has to be, or does not do what it has to; the message says what, and what to do next. */
public final class CardException extends IOException {
    private static final long serialVersionUID = 1L;

    /** {@code what} is the matter with the card called {@code card}. */
    public CardException(String card, String what) {
        super(card + ": " + what);
    }

    /** As {@link #CardException(String, String)}, for {@code cause}. */
    public CardException(String card, String what, Throwable cause) {
        super(card + ": " + what, cause);
    }
}
