// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.LinkRegisters.*;

/**
 * A link over a board: both ends of a backplane negotiate KR, KX4 or KX (4.6.4.2, IEEE 802.3 clause 73), others have what
 * the EEPROM says.
 */
final class BackplaneLink extends LinkStarter {
    private static final int OFFERS = AUTOC_KR | AUTOC_KX4 | AUTOC_KX;

    BackplaneLink(Registers registers, FirmwareSemaphore semaphore) {
        super(registers, semaphore);
    }

    @Override
    LinkState start(boolean again) throws CardException {
        final int autoc = registers.read(AUTOC);
        if ((autoc & AUTOC_LINK_MODE_BACKPLANE) == 0) {
            restart(autoc); // XAUI or CX4, without negotiation
            return new LinkState(LinkState.Phase.NEGOTIATING, 0, "the other end of the lanes on the board");
        }
        // what the board has lanes for is the EEPROM's to say; only a board that says nothing is offered everything
        restart((autoc & OFFERS) == 0 ? autoc | OFFERS : autoc);
        return new LinkState(LinkState.Phase.NEGOTIATING, 0, "the other end of the backplane to negotiate");
    }
}
