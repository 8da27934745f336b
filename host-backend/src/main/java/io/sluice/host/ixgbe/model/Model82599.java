// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.pci.DmaMap;
import io.sluice.host.pci.PciFunction;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.pacing.WaitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A software 82599: a PCI function whose registers answer as the card's do, and an agent whose turns move its packets.
 * One lock holds for everything, so a driver may be in another thread; where one thread does all, everything is
 * deterministic, time included, which the clock given tells.
 */
public final class Model82599 implements PciFunction, Agent, AutoCloseable {
    /** How long a sleeping model overlooks what was stored to a mapped page: nothing else tells it. */
    private static final long LOOK_NANOS = 50_000;

    private static final long GONE = -1;
    private static final int REGISTERS_BAR = 0;
    private static final int VECTORS_BAR = 4;

    // Fair: the model's own thread takes it again and again, and a driver's access must get in between.
    private final ReentrantLock lock = new ReentrantLock(true);

    private final ModelOptions options;
    private final Faults faults = new Faults();
    private final RegisterFile registers = new RegisterFile();
    private final DmaMap dma = new DmaMap();
    private final MsixTable vectors = new MsixTable();
    private final ModelConfigSpace config;
    private final TailPages tails;
    /** Null where registers are reached by calls. */
    private final PolledBar polled;

    private final InterruptCauses interrupts;
    private final DeviceControl control;
    private final EepromAccess eeprom;
    private final I2cAccess i2c;
    private final Mdio mdio;
    private final Engine engine;
    private final ModelLink link;
    private long oddAccesses;
    private boolean closed;

    /**
     * A model as after power-on.
     *
     * @param nanoClock tells the time in nanoseconds, from wherever
     * @param maker makes what moves its packets
     */
    public Model82599(ModelOptions options, LongSupplier nanoClock, Engine.Maker maker) {
        this.options = options;
        config = new ModelConfigSpace(options.personality().deviceId(), options.macAddress());
        interrupts = new InterruptCauses(registers, nanoClock, vectors::raise);
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
        final Personality personality = options.personality();
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

    @Override
    public String name() {
        return options.name();
    }

    /** What can be made to go wrong. */
    public Faults faults() {
        return faults;
    }

    /** The registers, for tests and tables: to be looked at while nothing else moves. */
    public RegisterFile registers() {
        return registers;
    }

    /** The memory that the card may touch, for tests and tables: to be looked at while nothing else moves. */
    public DmaMap dma() {
        return dma;
    }

    /** Accesses to BARs that no driver makes on purpose: outside, or not of whole words. */
    public long oddAccesses() {
        return oddAccesses;
    }

    /**
     * What the model has counted beside its registers, name to count in the order to show; may be called by any thread at
     * any time.
     */
    public Map<String, Long> details() {
        lock.lock();
        try {
            final Map<String, Long> details = new LinkedHashMap<>(engine.details());
            details.put("dma-violations", dma.violations());
            details.put("odd-accesses", oddAccesses);
            details.put("unknown-reads", sum(registers.unknownReads()));
            details.put("unknown-writes", sum(registers.unknownWrites()));
            return details;
        } finally {
            lock.unlock();
        }
    }

    private static long sum(Map<Integer, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What is inexact because of how the registers are reached; empty where nothing is. */
    public String note() {
        return polled == null ? "" : PolledBar.NOTE;
    }

    private void powerOn() {
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
        vectors.open(config.busMaster() && !config.vectorsMasked() && !faults.gone());
    }

    @Override
    public int readConfig(int offset, int bytes) {
        lock.lock();
        try {
            config.transactionsPending(control.masterDisabled() && faults.masterStuck());
            return faults.gone() ? ModelConfigSpace.ones(bytes) : config.read(offset, bytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        lock.lock();
        try {
            if (faults.gone()) {
                return;
            }
            switch (config.write(offset, bytes, value)) {
                case FUNCTION_RESET -> powerOn();
                case POWER_UP -> resetRegisters();
                case NONE -> gate();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long barBytes(int bar) {
        return switch (bar) {
            case REGISTERS_BAR -> DeviceRegisters.BAR_BYTES;
            case VECTORS_BAR -> MsixTable.BAR_BYTES;
            default -> 0;
        };
    }

    @Override
    public long read(int bar, long offset, int bytes) {
        lock.lock();
        try {
            if (!answers(bar, offset, bytes)) {
                return bytes == Long.BYTES ? GONE : GONE >>> Long.SIZE - 8 * bytes;
            }
            final int at = (int) offset;
            if (bytes == Long.BYTES) {
                return Integer.toUnsignedLong(readWord(bar, at)) | (long) readWord(bar, at + Integer.BYTES) << 32;
            }
            final long word = Integer.toUnsignedLong(readWord(bar, at & ~3)) >>> 8 * (at & 3);
            return word & 0xFFFF_FFFFL >>> 32 - 8 * bytes;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(int bar, long offset, int bytes, long value) {
        lock.lock();
        try {
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
        } finally {
            lock.unlock();
        }
    }

    private boolean answers(int bar, long offset, int bytes) {
        if (faults.gone() || !config.memoryEnabled()) {
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

    @Override
    public List<MappedPages> mappedPages() {
        return tails.pages();
    }

    @Override
    public void mapDma(long deviceAddress, long address, long lengthBytes) {
        lock.lock();
        try {
            dma.add(deviceAddress, address, lengthBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean unmapDma(long deviceAddress, long lengthBytes) {
        lock.lock();
        try {
            return dma.remove(deviceAddress, lengthBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int vectors() {
        return MsixTable.VECTORS;
    }

    @Override
    public void interrupt(int vector, Interrupt target) {
        lock.lock();
        try {
            vectors.target(vector, target);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void reset() {
        lock.lock();
        try {
            powerOn();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String roleName() {
        return options.name();
    }

    @Override
    public int doWork() {
        lock.lock();
        try {
            if (closed || faults.gone()) {
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
        } finally {
            lock.unlock();
        }
    }

    private boolean mayMove() {
        return config.busMaster() && !control.masterDisabled() && !control.resetting();
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        lock.lock();
        try {
            waitSet.dueIn(interrupts.dueInNanos(LOOK_NANOS));
            return closed || engine.arm(waitSet);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void disarm() {
        // what arm() names is not armed anywhere else
    }

    @Override
    public boolean done() {
        return closed;
    }

    @Override
    public void onClose() {
        close();
    }

    /** Unplugs the card: closes its wire and unmaps its pages, which no driver may use any more. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                faults.remove(true);
                engine.close();
                tails.close();
                if (polled != null) {
                    polled.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
