// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.*;
import static io.sluice.host.ixgbe.register.LinkRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;

import io.sluice.host.ixgbe.model.Register;
import io.sluice.host.ixgbe.model.RegisterTable;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.SharedRegion;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * A device of a test's: registers are memory with the reset values of the register table, and the few that a driver waits
 * for answer at once. A test makes any of them answer otherwise.
 */
final class ScriptedDevice implements PciDevice {
    static final int POWER_CAPABILITY = 0x40;

    private static final int EXPRESS_CAPABILITY = 0xA0;
    private static final int EEPROM_WORDS = 0x100;
    private static final int CHECKSUM_WORD = 0x3F;

    private final int[] registers = new int[BAR_BYTES / Integer.BYTES];
    private final byte[] config = new byte[256];
    private final Map<Integer, IntUnaryOperator> answers = new HashMap<>();
    private final int[] eeprom = new int[EEPROM_WORDS];
    private final MacAddress address = MacAddress.parse("02:00:5e:10:20:30");
    private long barBytes = BAR_BYTES;
    private Runnable afterReset = () -> {};
    private boolean gone;
    private int writes;
    private int functionResets;

    ScriptedDevice(int deviceId) {
        config(0x00, 2, 0x8086);
        config(0x02, 2, deviceId);
        config(0x06, 2, PciConfig.STATUS_CAPABILITIES);
        config(0x08, 4, 0x020000 << 8 | 1);
        config(0x10, 4, 4);
        config(0x34, 1, POWER_CAPABILITY);
        config(POWER_CAPABILITY, 2, EXPRESS_CAPABILITY << 8 | PciConfig.CAPABILITY_POWER);
        config(EXPRESS_CAPABILITY, 2, PciConfig.CAPABILITY_EXPRESS);
        eeprom[0x2B] = 0xFFFF;
        fixChecksum();
        resetRegisters();
        // what a card does of itself, at once
        answer(CTRL, held -> held & ~CTRL_RESET);
        answer(STATUS, held -> (peek(CTRL) & CTRL_MASTER_DISABLE) == 0 ? STATUS_MASTER_ENABLED : 0);
        answer(EEC, held -> held | EEC_PRESENT | EEC_AUTO_READ_DONE);
        answer(EERD, held -> eeprom[(held >>> EERD_ADDRESS_SHIFT) % EEPROM_WORDS] << EERD_DATA_SHIFT | EERD_DONE);
        answer(RDRXCTL, held -> held | RDRXCTL_DMA_INIT_DONE);
        answer(SECRXSTAT, held -> SECRXSTAT_READY);
        answer(ANLP1, held -> 4 << 16);
        answer(I2CCTL, held -> held | I2CCTL_CLOCK_IN | I2CCTL_DATA_IN);
        answer(SWSM, held -> {
            poke(SWSM, held | SWSM_SMBI);
            return held;
        });
    }

    /** From now on, reading {@code offset} gives what {@code answer} makes of what was last written there. */
    void answer(int offset, IntUnaryOperator answer) {
        answers.put(offset, answer);
    }

    /** What a reset leaves behind, apart from reset values; does it now too. */
    void onReset(Runnable action) {
        afterReset = action;
        action.run();
    }

    /** From now on nothing answers, or everything does again. */
    void gone(boolean removed) {
        gone = removed;
    }

    void shrinkBar(long bytes) {
        barBytes = bytes;
    }

    void config(int offset, int bytes, int value) {
        for (int i = 0; i < bytes; i++) {
            config[offset + i] = (byte) (value >>> 8 * i);
        }
    }

    /** Changes a word of the EEPROM without its checksum. */
    void eeprom(int word, int value) {
        eeprom[word] = value;
    }

    /** Makes words 0 to 0x3F, and {@code more} in sections, add up. */
    void fixChecksum(int... more) {
        final int sum = Arrays.stream(eeprom, 0, CHECKSUM_WORD).sum()
                + Arrays.stream(more).sum();
        eeprom[CHECKSUM_WORD] = 0xBABA - sum & 0xFFFF;
    }

    int peek(int offset) {
        return registers[offset / Integer.BYTES];
    }

    void poke(int offset, int value) {
        registers[offset / Integer.BYTES] = value;
    }

    /** How often anything was written, configuration space included. */
    int writes() {
        return writes;
    }

    @Override
    public String name() {
        return "card0";
    }

    @Override
    public int readConfig(int offset, int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (gone ? 0xFF : Byte.toUnsignedInt(config[offset + i])) << 8 * i;
        }
        return value;
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        writes++;
        config(offset, bytes, value);
    }

    @Override
    public long barBytes(int bar) {
        return bar == 0 ? barBytes : 0;
    }

    @Override
    public int read32(int offset) {
        if (gone) {
            return GONE;
        }
        final IntUnaryOperator answer = answers.get(offset);
        return answer == null ? peek(offset) : answer.applyAsInt(peek(offset));
    }

    @Override
    public void write32(int offset, int value) {
        writes++;
        if (gone) {
            return;
        }
        if (offset == CTRL && (value & CTRL_RESET) != 0) {
            resetRegisters();
        } else {
            poke(offset, value);
        }
    }

    @Override
    public TailRegister tail(int offset) {
        return new TailRegister(this, offset, 0);
    }

    @Override
    public DmaMapping map(SharedRegion memory) {
        throw new UnsupportedOperationException("no DMA here");
    }

    @Override
    public int vectors() {
        return 64;
    }

    @Override
    public void interrupt(int vector, int eventDescriptor) {
        // nothing is ever raised
    }

    /** How often the whole function was reset. */
    int functionResets() {
        return functionResets;
    }

    @Override
    public void reset() {
        functionResets++;
        resetRegisters();
    }

    private void resetRegisters() {
        for (Register register : RegisterTable.registers()) {
            for (int i = 0; i < register.count(); i++) {
                poke(register.offset(i), register.reset());
            }
        }
        poke(ral(0), address.low());
        poke(rah(0), address.high() | RAH_VALID);
        afterReset.run();
    }

    @Override
    public void close() {
        // nothing to give back
    }
}
