// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;

/** One part of a card's test. */
interface Check {
    /** How far a card must have come for a check. */
    enum Need {
        /** It need not even answer. */
        NOTHING,
        /** It was identified, and its registers answer. */
        REGISTERS,
        /** It is set up. */
        CARD,
        /** It is set up and there is memory that it may use. */
        MEMORY
    }

    /** A word for it. */
    String name();

    Need need();

    /**
     * Looks.
     *
     * @throws CardException where the card does not do what it has to: its message is what was found
     */
    Finding run(Bench bench) throws CardException;
}
