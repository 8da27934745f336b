// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.LinkRegisters.CORECTL;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.SfpModule.Type;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModuleSettingsTest {
    private static final int LIST = 0x60;

    private final ScriptedDevice device = new ScriptedDevice(0x10FB);
    private final TracingDevice tracing = new TracingDevice(device);
    private final Registers registers = new Registers(tracing, new TestClock());
    private final ModuleSettings settings = new ModuleSettings(registers, new Eeprom(registers, new Kind82599()));

    @BeforeEach
    void fill() {
        words(0x2B, LIST);
        words(LIST, 0, 3, 0x80, 4, 0x84, 5, 0x88, 6, 0, 0xFFFF);
        words(0x80, 0, 0x1111, 0x2222, 0xFFFF);
        words(0x84, 0, 0x3333, 0xFFFF);
        words(0x88, 0, 0x4444, 0xFFFF);
    }

    private void words(int at, int... values) {
        for (int i = 0; i < values.length; i++) {
            device.eeprom(at + i, values[i]);
        }
    }

    private List<Integer> apply(Type type, int port) throws CardException {
        settings.apply(type, port);
        return tracing.trace().accesses().stream()
                .filter(access -> access.kind() == RegisterTrace.Kind.WRITE && access.offset() == CORECTL)
                .map(RegisterTrace.Access::value)
                .toList();
    }

    @Test
    void shouldWriteWhatTheEepromHasForACable() throws CardException {
        assertThat(apply(Type.DIRECT_ATTACH_PASSIVE, 0)).containsExactly(0x1111, 0x2222);
    }

    @Test
    void shouldTellPortsApart() throws CardException {
        assertThat(apply(Type.DIRECT_ATTACH_ACTIVE, 1)).containsExactly(0x3333);
    }

    @Test
    void shouldSetUpAllLightAlike() throws CardException {
        assertThat(apply(Type.LONG_REACH, 0)).containsExactly(0x4444);
    }

    @Test
    void shouldWriteNothingWhereTheEepromHasNothing() throws CardException {
        assertThat(apply(Type.SHORT_REACH, 1)).isEmpty();
        words(0x2B, 0xFFFF);
        assertThat(apply(Type.SHORT_REACH, 0)).isEmpty();
    }

    @Test
    void shouldEndWhereAListDoesNot() throws CardException {
        for (int i = 1; i < 0x100; i++) {
            words(i, i == 0x2B ? LIST : 5);
        }

        assertThat(apply(Type.SHORT_REACH, 0)).hasSizeLessThan(600);
    }
}
