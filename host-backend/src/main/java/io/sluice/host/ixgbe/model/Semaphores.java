// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;

/**
 * What drivers and firmware keep apart with (10.5.4): SWSM.SMBI is taken by reading it as 0, which the register table
 * says; SWSM.SWESMBI is granted when it is written, as there is no firmware; SW_FW_SYNC is memory that these two guard.
 */
final class Semaphores {
    private Semaphores() {}

    static void attach(RegisterFile registers, Faults faults) {
        registers.onRead(
                DeviceRegisters.SWSM,
                (offset, held) -> faults.semaphoreHeld() ? held | DeviceRegisters.SWSM_SMBI : held);
    }
}
