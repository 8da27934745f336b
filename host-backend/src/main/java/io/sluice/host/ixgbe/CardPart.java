// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/** Something that is asked of a card, kept here so that it can be asked again. */
interface CardPart {
    /** Puts all of it into registers that are as after a reset. */
    void program() throws CardException;
}
