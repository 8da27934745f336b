// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MILLISECOND;
import static io.sluice.host.ixgbe.register.DeviceRegisters.SW_FW_SYNC_MAC;
import static io.sluice.host.ixgbe.register.LinkRegisters.*;

import java.util.Optional;

/** How a card's link is asked for, depending on what connects it (4.6.4). */
abstract sealed class LinkStarter permits SfpLink, BackplaneLink, CopperLink {
    private static final int LINK_MODE_TOGGLE = 4 << AUTOC_LINK_MODE_SHIFT;

    final Registers registers;
    private final FirmwareSemaphore semaphore;

    LinkStarter(Registers registers, FirmwareSemaphore semaphore) {
        this.registers = registers;
        this.semaphore = semaphore;
    }

    static LinkStarter of(Media media, Registers registers, FirmwareSemaphore semaphore, Eeprom eeprom, int port) {
        return switch (media) {
            case SFP -> new SfpLink(registers, semaphore, eeprom, port);
            case BACKPLANE -> new BackplaneLink(registers, semaphore);
            case COPPER -> new CopperLink(registers, semaphore);
        };
    }

    /** Asks for the link, the first time or again; says where it is then. */
    abstract LinkState start(boolean again) throws CardException;

    /** Looks what is in the cage, where there is one. */
    Optional<SfpModule> module() throws CardException {
        return Optional.empty();
    }

    /** What the module in the cage measures, where it does and says so in units. */
    Optional<SfpMonitor> monitor() throws CardException {
        return Optional.empty();
    }

    final FirmwareSemaphore semaphore() {
        return semaphore;
    }

    /**
     * Puts {@code autoc} into effect: with firmware that may do the same kept out (10.5.4), by restarting the receive
     * and transmit pipeline of the PHY layers. That takes a restart of auto-negotiation with another link mode (3.7.4.2), a
     * wait until its state machine has left idle, and a restart with the mode that is wanted. A link that is management's
     * stays as it is.
     */
    final void restart(int autoc) throws CardException {
        if (vetoed()) {
            return;
        }
        try (FirmwareSemaphore.Held _ = semaphore.take(SW_FW_SYNC_MAC)) {
            final int autoc2 = registers.read(AUTOC2);
            if ((autoc2 & AUTOC2_LINK_DISABLE_MASK) != 0) {
                registers.write(AUTOC2, autoc2 & ~AUTOC2_LINK_DISABLE_MASK);
            }
            registers.write(AUTOC, (autoc ^ LINK_MODE_TOGGLE) | AUTOC_RESTART);
            registers.flush();
            final boolean left = leftIdle();
            registers.write(AUTOC, autoc | AUTOC_RESTART);
            registers.flush();
            if (!left) {
                throw registers.failure(
                        "auto-negotiation did not leave its idle state within 40 ms (ANLP1, 8.2.3.22.23)"
                                + " while the pipeline was restarted");
            }
        }
    }

    /** Whether the machine's management controller uses the link as well, and would lose it. */
    final boolean vetoed() {
        return (registers.read(MMNGC) & MMNGC_VETO) != 0;
    }

    private boolean leftIdle() {
        for (int i = 0; i < 10; i++) {
            registers.sleep(4 * MILLISECOND);
            if ((registers.read(ANLP1) & ANLP1_STATE_MASK) != 0) {
                return true;
            }
        }
        return false;
    }
}
