// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.pci.DmaMap;
import io.sluice.host.pci.PciFunction.Interrupt;
import io.sluice.shared.memory.SharedRegion;
import java.util.function.LongSupplier;

/**
 * The parts of a model, joined: what a reset reaches, who is asked for what, and the order of a turn. Every call comes
 * under the model's lock.
 */
final class ModelCore {
    static final int REGISTERS_BAR = 0;
    static final int VECTORS_BAR = 4;

    private static final long ONES = -1;

    final ModelOptions options;
    final Faults faults = new Faults();
    final RegisterFile registers = new RegisterFile();
    final DmaMap dma = new DmaMap();
    final MsixTable vectors = new MsixTable();
    final ModelConfigSpace config;
    final TailPages tails;
    final InterruptCauses interrupts;
    final Engine engine;

    /** Null where registers are reached by calls. */
    private final PolledBar polled;

    private final DeviceControl control;
    private final EepromAccess eeprom;
    private final I2cAccess i2c;
    private final Mdio mdio;
    private final ModelLink link;
    private Interrupt pin;
    private long reads;
    private long writes;
    private long oddAccesses;
    private boolean unplugged;

    ModelCore(ModelOptions options, LongSupplier nanoClock, Engine.Maker maker) {
        this.options = options;
        final Personality personality = options.personality();
        config = new ModelConfigSpace(personality.deviceId(), options.macAddress());
        interrupts = new InterruptCauses(registers, nanoClock, this::message);
        final SharedRegion memory = options.access() == RegisterAccess.TRAPPED
                ? null
                : SharedRegion.create("sluice-" + options.name(), DeviceRegisters.BAR_BYTES);
        tails = switch (options.access()) {
            case TRAPPED -> TailPages.none(registers);
            case MAPPED_TAILS -> TailPages.mapped(registers, memory);
            case POLLED -> TailPages.inside(registers, memory);
        };
        polled = options.access() == RegisterAccess.POLLED ? new PolledBar(registers, tails, memory) : null;
        control = new DeviceControl(registers, options, faults, nanoClock, this::softwareReset);
        eeprom = new EepromAccess(registers, new Eeprom(personality, options.macAddress()), faults);
        i2c = new I2cAccess(registers, new SfpModule(personality));
        mdio = new Mdio(registers, personality.phyId());
        Semaphores.attach(registers, faults);
        final Engine.Parts parts = new Engine.Parts(options, registers, tails, dma, interrupts, faults, nanoClock);
        engine = maker.make(parts);
        link = new ModelLink(parts, engine::carrier);
        control.follow(engine);
        powerOn();
    }

    private void message(int vector) {
        if (!faults.interruptsLost()) {
            vectors.raise(vector);
            followPin();
        }
    }

    /** Where the pin signals; null for nowhere. */
    void pin(Interrupt target) {
        pin = target;
    }

    /** The pin of a card whose interrupts are lost is as quiet as the rest of it. */
    boolean pinAsserted() {
        return !gone() && !faults.interruptsLost() && config.pinEnabled() && interrupts.pending();
    }

    private void followPin() {
        if (pin != null && pinAsserted()) {
            pin.raise();
        }
    }

    /** Everything as after power-on; what is mapped for DMA, and where vectors signal, stays. */
    void powerOn() {
        if (unplugged) {
            return;
        }
        config.reset();
        if (polled != null) {
            config.enable(); // as firmware leaves it: a driver that stores to memory may have no way to this space
        }
        vectors.reset();
        resetRegisters();
    }

    private void resetRegisters() {
        registers.powerOn(options.memorySeed());
        resetParts();
    }

    private void softwareReset() {
        registers.softwareReset();
        resetParts();
    }

    private void resetParts() {
        tails.reset();
        interrupts.reset();
        eeprom.reset();
        i2c.reset();
        mdio.reset();
        engine.reset();
        link.reset();
        gate();
    }

    private void gate() {
        vectors.open(config.busMaster() && !config.vectorsMasked());
    }

    private boolean gone() {
        return unplugged || faults.gone();
    }

    int readConfig(int offset, int bytes) {
        config.transactionsPending(control.masterDisabled() && faults.masterStuck());
        config.interruptPending(config.pinInUse() && interrupts.pending());
        return gone() ? ModelConfigSpace.ones(bytes) : config.read(offset, bytes);
    }

    void writeConfig(int offset, int bytes, int value) {
        if (gone()) {
            return;
        }
        switch (config.write(offset, bytes, value)) {
            case FUNCTION_RESET -> powerOn();
            case POWER_UP -> resetRegisters();
            case NONE -> {
                gate();
                followPin();
            }
        }
    }

    static long barBytes(int bar) {
        return switch (bar) {
            case REGISTERS_BAR -> DeviceRegisters.BAR_BYTES;
            case VECTORS_BAR -> MsixTable.BAR_BYTES;
            default -> 0;
        };
    }

    long read(int bar, long offset, int bytes) {
        reads++;
        if (!answers(bar, offset, bytes)) {
            return ONES >>> Long.SIZE - 8 * bytes;
        }
        final int at = (int) offset;
        if (bytes == Long.BYTES) {
            return Integer.toUnsignedLong(readWord(bar, at)) | (long) readWord(bar, at + Integer.BYTES) << 32;
        }
        final long word = Integer.toUnsignedLong(readWord(bar, at & ~3)) >>> 8 * (at & 3);
        return word & ONES >>> Long.SIZE - 8 * bytes;
    }

    void write(int bar, long offset, int bytes, long value) {
        writes++;
        if (!answers(bar, offset, bytes)) {
            return;
        }
        if (bytes < Integer.BYTES) {
            oddAccesses++; // a card takes whole words only (8.1)
            return;
        }
        writeWord(bar, (int) offset, (int) value);
        if (bytes == Long.BYTES) {
            writeWord(bar, (int) offset + Integer.BYTES, (int) (value >>> 32));
        }
    }

    private boolean answers(int bar, long offset, int bytes) {
        if (gone() || !config.memoryEnabled()) {
            return false;
        }
        final boolean inside = offset >= 0 && offset <= barBytes(bar) - bytes && offset % bytes == 0;
        oddAccesses += inside ? 0 : 1;
        return inside;
    }

    private int readWord(int bar, int offset) {
        return bar == REGISTERS_BAR ? registers.read(offset) : vectors.read(offset);
    }

    private void writeWord(int bar, int offset, int value) {
        if (bar == REGISTERS_BAR) {
            registers.write(offset, value);
        } else {
            vectors.write(offset, value);
        }
    }

    /** One turn, and how many packets it has moved: what the driver has stored comes first, what it is to see last. */
    int turn() {
        if (gone()) {
            return 0;
        }
        if (polled != null) {
            polled.takeWrites();
        }
        control.refresh();
        link.poll();
        mdio.linkUp(link.up());
        final int moved = mayMove() ? engine.doWork() : 0;
        if (faults.takeReset()) {
            softwareReset();
        }
        interrupts.send();
        if (polled != null) {
            polled.show();
        }
        return moved;
    }

    private boolean mayMove() {
        return config.busMaster() && !control.masterDisabled() && !control.resetting();
    }

    long reads() {
        return reads;
    }

    long writes() {
        return writes;
    }

    long oddAccesses() {
        return oddAccesses;
    }

    boolean polled() {
        return polled != null;
    }

    /** Gives the wire back; the card is gone from now on. */
    void unplug() {
        unplugged = true;
        engine.close();
    }

    /** Gives the pages of an unplugged card back. */
    void close() {
        tails.close();
        if (polled != null) {
            polled.close();
        }
    }
}
