// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/** A link over twisted pair: the PHY's firmware negotiates by itself, from power-on. */
final class CopperLink extends LinkStarter {
    CopperLink(Registers registers, FirmwareSemaphore semaphore) {
        super(registers, semaphore);
    }

    @Override
    LinkState start(boolean again) {
        return new LinkState(LinkState.Phase.NEGOTIATING, 0, "the other end of the cable to negotiate");
    }
}
