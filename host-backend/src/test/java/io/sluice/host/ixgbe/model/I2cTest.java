// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A bit-banging master, one line at a time as a driver drives them. */
class I2cTest {
    private static final int CLOCK = 1 << 1;
    private static final int DATA_IN = 1 << 2;
    private static final int DATA = 1 << 3;

    private ModelBench bench;
    private int lines;

    @AfterEach
    void close() {
        bench.close();
    }

    private void open(Personality personality) {
        bench = new ModelBench(ModelOptions.of("bench").with(personality));
        lines = CLOCK | DATA;
    }

    private void set(int line, boolean high) {
        lines = high ? lines | line : lines & ~line;
        bench.write(DeviceRegisters.I2CCTL, lines);
    }

    private void start() {
        set(DATA, true);
        set(CLOCK, true);
        set(DATA, false);
        set(CLOCK, false);
    }

    private void stop() {
        set(DATA, false);
        set(CLOCK, true);
        set(DATA, true);
    }

    private boolean bit(boolean out) {
        set(DATA, out);
        set(CLOCK, true);
        final boolean in = (bench.read(DeviceRegisters.I2CCTL) & DATA_IN) != 0;
        set(CLOCK, false);
        return in;
    }

    private boolean send(int octet) {
        for (int i = 7; i >= 0; i--) {
            bit((octet >>> i & 1) != 0);
        }
        return !bit(true);
    }

    private int receive(boolean more) {
        int octet = 0;
        for (int i = 0; i < 8; i++) {
            octet = octet << 1 | (bit(true) ? 1 : 0);
        }
        bit(!more);
        return octet;
    }

    /** Reads {@code count} bytes from {@code offset} on, or null where nobody acknowledges. */
    private byte[] read(int address, int offset, int count) {
        start();
        if (!send(address)) {
            stop();
            return null;
        }
        assertThat(send(offset)).isTrue();
        start();
        assertThat(send(address | 1)).isTrue();
        final byte[] octets = new byte[count];
        for (int i = 0; i < count; i++) {
            octets[i] = (byte) receive(i < count - 1);
        }
        stop();
        return octets;
    }

    @ParameterizedTest
    @EnumSource(names = {"SFP_SR", "SFP_DIRECT_ATTACH"})
    void shouldIdentifyAModuleWithRightSums(Personality personality) {
        open(personality);
        final byte[] module = new byte[128];
        for (int i = 0; i < module.length; i++) {
            module[i] = read(0xA0, i, 1)[0];
        }
        assertThat(module[0]).isEqualTo((byte) 3);
        assertThat(module[63]).isEqualTo(sum(module, 0, 62));
        assertThat(module[95]).isEqualTo(sum(module, 64, 94));
        assertThat(module[3] & 0x10).isEqualTo(personality == Personality.SFP_SR ? 0x10 : 0);
        assertThat(module[8] & 0x04).isEqualTo(personality == Personality.SFP_SR ? 0 : 0x04);
        assertThat(new String(module, 20, 16, StandardCharsets.US_ASCII)).isEqualTo("Sluice          ");
        assertThat(new byte[] {module[37], module[38], module[39]}).containsExactly(0x00, 0x1B, 0x21);
        assertThat(read(0xA0, 0, 128)).as("in one piece").isEqualTo(module);
    }

    private static byte sum(byte[] octets, int first, int last) {
        int sum = 0;
        for (int i = first; i <= last; i++) {
            sum += octets[i];
        }
        return (byte) sum;
    }

    @Test
    void shouldTellTheTemperatureOfAnOpticalModule() {
        open(Personality.SFP_SR);
        assertThat(read(0xA2, 96, 2)).containsExactly(35, 0);
        assertThat(read(0xA4, 0, 1)).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"SFP_EMPTY", "KX4", "XAUI"})
    void shouldLeaveAddressesUnansweredWhereThereIsNoModule(Personality personality) {
        open(personality);
        assertThat(read(0xA0, 0, 1)).isNull();
        assertThat(bench.read(DeviceRegisters.I2CCTL)).isEqualTo(0xF);
    }

    @Test
    void shouldWrapAtTheEndOfAMemoryAndSurviveATransferCutShort() {
        open(Personality.SFP_DIRECT_ATTACH);
        assertThat(read(0xA0, 255, 2)[1]).isEqualTo((byte) 3);
        start();
        send(0xA0);
        bit(true);
        bit(false);
        assertThat(read(0xA0, 0, 1)).containsExactly(3);
        assertThat(read(0xA2, 96, 1)).isNull();
    }
}
