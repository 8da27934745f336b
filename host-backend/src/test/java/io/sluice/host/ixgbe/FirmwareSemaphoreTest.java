// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FirmwareSemaphoreTest {
    private static final int BOTH = SWSM_SMBI | SWSM_SWESMBI;
    private static final int FIRMWARES_MAC = SW_FW_SYNC_MAC << SW_FW_SYNC_FIRMWARE_SHIFT;

    private final ScriptedDevice device = new ScriptedDevice(0x10FB);
    private final TestClock clock = new TestClock();
    private final FirmwareSemaphore semaphore = new FirmwareSemaphore(new Registers(device, clock), new Kind82599());

    @Test
    void shouldHoldWhatItTakesAndNothingElse() throws CardException {
        device.poke(SW_FW_SYNC, SW_FW_SYNC_EEPROM);
        try (FirmwareSemaphore.Held _ = semaphore.take(SW_FW_SYNC_MAC)) {
            assertThat(device.peek(SW_FW_SYNC)).isEqualTo(SW_FW_SYNC_EEPROM | SW_FW_SYNC_MAC);
            assertThat(device.peek(SWSM) & SWSM_SWESMBI).isZero();
        }

        assertThat(device.peek(SW_FW_SYNC)).isEqualTo(SW_FW_SYNC_EEPROM);
        assertThat(semaphore.takenOver()).isZero();
    }

    @Test
    void shouldWaitForFirmwareToGiveBack() throws CardException {
        final long begin = clock.nanos();
        device.poke(SW_FW_SYNC, FIRMWARES_MAC);
        device.answer(SW_FW_SYNC, held -> clock.nanos() - begin > 300_000_000L ? held & ~FIRMWARES_MAC : held);

        try (FirmwareSemaphore.Held _ = semaphore.take(SW_FW_SYNC_MAC)) {
            assertThat(clock.nanos() - begin).isGreaterThan(300_000_000L);
        }
        assertThat(semaphore.takenOver()).isZero();
    }

    @Test
    void shouldTakeOverFromAHolderThatDied() throws CardException {
        device.poke(SW_FW_SYNC, FIRMWARES_MAC | SW_FW_SYNC_MAC);
        device.poke(SWSM, SWSM_SMBI);
        try (FirmwareSemaphore.Held _ = semaphore.take(SW_FW_SYNC_MAC)) {
            assertThat(device.peek(SW_FW_SYNC)).isEqualTo(SW_FW_SYNC_MAC);
        }

        assertThat(semaphore.takenOver()).isEqualTo(2);
        assertThat(device.peek(SW_FW_SYNC)).isZero();
    }

    @Test
    void shouldTakeTurnsAsTheX540Does() throws CardException {
        final ScriptedDevice x540 = new ScriptedDevice(0x1528);
        x540.answer(SW_FW_SYNC, held -> {
            x540.poke(SW_FW_SYNC, held | SW_FW_SYNC_REGISTER);
            return held;
        });
        final FirmwareSemaphore other = new FirmwareSemaphore(new Registers(x540, clock), new KindX540());
        try (FirmwareSemaphore.Held _ = other.take(SW_FW_SYNC_PHY0 | SW_FW_SYNC_PHY1)) {
            assertThat(x540.peek(SW_FW_SYNC)).isEqualTo(SW_FW_SYNC_PHY0 | SW_FW_SYNC_PHY1);
        }
        assertThat(x540.peek(SW_FW_SYNC)).isZero();
        assertThat(x540.peek(SWSM)).isZero();

        x540.answer(SW_FW_SYNC, held -> held | SW_FW_SYNC_REGISTER);
        assertThatThrownBy(() -> other.take(SW_FW_SYNC_PHY0)).hasMessageContaining("does not let go");
    }

    @Test
    void shouldSayWhoDoesNotLetGo() {
        device.answer(SWSM, held -> held | SWSM_SMBI);
        assertThatThrownBy(() -> semaphore.take(SW_FW_SYNC_MAC)).hasMessageContaining("SWSM.SMBI");

        device.answer(SWSM, held -> held & ~BOTH);
        assertThatThrownBy(() -> semaphore.take(SW_FW_SYNC_MAC)).hasMessageContaining("SWSM.SWESMBI");
    }
}
