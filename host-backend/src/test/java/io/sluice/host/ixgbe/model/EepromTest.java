// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads the EEPROM as drivers do, and nothing of the class that makes it. */
class EepromTest {
    private static final int CLOCK = 1;
    private static final int DESELECT = 2;
    private static final int DATA_IN = 4;
    private static final int DATA_OUT = 8;

    private ModelBench bench = new ModelBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private int word(int address) {
        bench.write(DeviceRegisters.EERD, address << DeviceRegisters.EERD_ADDRESS_SHIFT | DeviceRegisters.EERD_START);
        final int answer = bench.read(DeviceRegisters.EERD);
        assertThat(answer & DeviceRegisters.EERD_DONE).isNotZero();
        assertThat(answer & DeviceRegisters.EERD_START).isZero();
        return answer >>> DeviceRegisters.EERD_DATA_SHIFT;
    }

    @ParameterizedTest
    @EnumSource
    void shouldAddUpToTheChecksumThatDriversWant(Personality personality) {
        bench.close();
        bench = new ModelBench(ModelOptions.of("bench").with(personality));
        int sum = 0;
        for (int i = 0; i <= 0x3F; i++) {
            sum += word(i);
        }
        int sections = 0;
        for (int pointer = 3; pointer < 0x0F; pointer++) {
            final int section = word(pointer);
            if (section != 0 && section != 0xFFFF) {
                final int length = word(section);
                for (int i = 1; i <= length; i++) {
                    sum += word(section + i);
                }
                sections++;
            }
        }
        assertThat(sections).isEqualTo(2);
        assertThat(sum & 0xFFFF).isEqualTo(0xBABA);
    }

    @Test
    void shouldLoadItsAddressIntoTheFirstReceiveAddress() {
        bench.close();
        bench = new ModelBench(ModelOptions.of("bench").withMacAddress(0x001B21_A1B2C3L));
        assertThat(bench.read(ReceiveRegisters.ral(0))).isEqualTo(0xA1_21_1B_00);
        assertThat(bench.read(ReceiveRegisters.rah(0))).isEqualTo(0x8000_C3B2);
    }

    @Test
    void shouldTellItsBoardAndItsFirmware() {
        assertThat(word(0x15)).isEqualTo(0xFAFA);
        final int block = word(0x16);
        final StringBuilder text = new StringBuilder();
        for (int i = 1; i < word(block); i++) {
            text.append((char) (word(block + i) >>> 8)).append((char) (word(block + i) & 0xFF));
        }
        assertThat(text).hasToString("SLUICE-001");
        assertThat(word(word(word(0x0F) + 4) + 7)).isGreaterThan(5);
        assertThat(word(word(0x0F) + 2)).isEqualTo(0xFFFF);
        assertThat(word(0x28)).isEqualTo(0xFFFF);
        assertThat(word(0x2C) & 1 << 7).isNotZero();
    }

    @Test
    void shouldListEveryKindOfModuleWithASequence() {
        final List<Integer> kinds = new ArrayList<>();
        int entry = word(0x2B) + 1;
        while (word(entry) != 0xFFFF) {
            kinds.add(word(entry));
            int step = word(entry + 1) + 1;
            assertThat(word(step)).isNotEqualTo(0xFFFF);
            while (word(step) != 0xFFFF) {
                step++;
            }
            entry += 2;
        }
        assertThat(kinds).containsExactly(3, 4, 5, 6);
    }

    @Test
    void shouldReadAsOnesBeyondItsEndAndWhereItIsMissing() {
        bench.model.faults().missEeprom(true);
        bench.write(DeviceRegisters.CTRL, DeviceRegisters.CTRL_RESET);
        assertThat(word(0)).isEqualTo(0xFFFF);
        assertThat(word(0x15)).isEqualTo(0xFFFF);
    }

    @Test
    void shouldReadOneBitWrongWhereItIsDamaged() {
        final int sound = word(0x2D);
        bench.model.faults().damageEeprom(true);
        assertThat(Integer.bitCount(word(0x2D) ^ sound)).isEqualTo(1);
        bench.model.faults().damageEeprom(false);
        assertThat(word(0x2D)).isEqualTo(sound);
    }

    @Test
    void shouldKeepAWordThatIsWritten() {
        bench.write(0x10018, 0xCAFE << 16 | 0x200 << 2 | 1);
        assertThat(bench.read(0x10018) & DeviceRegisters.EERD_DONE).isNotZero();
        assertThat(word(0x200)).isEqualTo(0xCAFE);
    }

    @Test
    void shouldBeReadBitByBit() {
        bench.write(DeviceRegisters.EEC, DeviceRegisters.EEC_REQUEST);
        assertThat(bench.read(DeviceRegisters.EEC) & DeviceRegisters.EEC_GRANT).isNotZero();
        for (int address : new int[] {0x00, 0x15, 0x16, 0x3F, 0x80, 0x3FFF}) {
            select(false);
            select(true);
            send(0x05, 8);
            assertThat(receive(8)).as("status").isZero();
            select(false);
            select(true);
            send(0x03, 8);
            send(2 * address, 16);
            final int raw = receive(16);
            assertThat(raw >>> 8 | (raw & 0xFF) << 8).as("word " + address).isEqualTo(word(address));
        }
        bench.write(DeviceRegisters.EEC, 0);
        assertThat(bench.read(DeviceRegisters.EEC) & DeviceRegisters.EEC_GRANT).isZero();
        assertThat(1 << (bench.read(DeviceRegisters.EEC) >>> DeviceRegisters.EEC_SIZE_SHIFT & 0xF) + 6)
                .isEqualTo(16 << 10);
    }

    private void select(boolean selected) {
        bench.write(DeviceRegisters.EEC, DeviceRegisters.EEC_REQUEST | (selected ? 0 : DESELECT));
    }

    private void send(int bits, int count) {
        for (int i = count - 1; i >= 0; i--) {
            final int data = DeviceRegisters.EEC_REQUEST | ((bits >>> i & 1) != 0 ? DATA_IN : 0);
            bench.write(DeviceRegisters.EEC, data);
            bench.write(DeviceRegisters.EEC, data | CLOCK);
            bench.write(DeviceRegisters.EEC, data);
        }
    }

    private int receive(int count) {
        int bits = 0;
        for (int i = 0; i < count; i++) {
            bench.write(DeviceRegisters.EEC, DeviceRegisters.EEC_REQUEST | CLOCK);
            bits = bits << 1 | ((bench.read(DeviceRegisters.EEC) & DATA_OUT) != 0 ? 1 : 0);
            bench.write(DeviceRegisters.EEC, DeviceRegisters.EEC_REQUEST);
        }
        return bits;
    }
}
