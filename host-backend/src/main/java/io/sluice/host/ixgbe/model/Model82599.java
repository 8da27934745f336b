// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.pci.DmaMap;
import io.sluice.host.pci.PciFunction;
import io.sluice.shared.agent.Agent;
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
    private static final System.Logger LOG = System.getLogger(Model82599.class.getName());

    /** How long a sleeping model overlooks what was stored to a mapped page: nothing else tells it. */
    private static final long LOOK_NANOS = 50_000;

    // Fair: the model's own thread takes it again and again, and a driver's access must get in between.
    private final ReentrantLock lock = new ReentrantLock(true);

    private final ModelCore core;
    private long memoryFaults;
    private volatile boolean unplugged;
    private boolean closed;

    /**
     * A model as after power-on.
     *
     * @param nanoClock tells the time in nanoseconds, from wherever
     * @param maker makes what moves its packets
     */
    public Model82599(ModelOptions options, LongSupplier nanoClock, Engine.Maker maker) {
        core = new ModelCore(options, nanoClock, maker);
    }

    @Override
    public String name() {
        return core.options.name();
    }

    /** What can be made to go wrong. */
    public Faults faults() {
        return core.faults;
    }

    /** The registers, for tests and tables: to be looked at while nothing else moves. */
    public RegisterFile registers() {
        return core.registers;
    }

    /** The memory that the card may touch, for tests and tables: to be looked at while nothing else moves. */
    public DmaMap dma() {
        return core.dma;
    }

    /** Accesses to BARs that no driver makes on purpose: outside, or not of whole words. */
    public long oddAccesses() {
        lock.lock();
        try {
            return core.oddAccesses();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the model has counted beside its registers, name to count in the order to show; may be called by any thread at
     * any time.
     */
    public Map<String, Long> details() {
        lock.lock();
        try {
            final Map<String, Long> details = new LinkedHashMap<>(core.engine.details());
            details.put("dma-violations", core.dma.violations());
            details.put("memory-faults", memoryFaults);
            details.put("bar-reads", core.reads());
            details.put("bar-writes", core.writes());
            details.put("odd-accesses", core.oddAccesses());
            details.put("unknown-reads", sum(core.registers.unknownReads()));
            details.put("unknown-writes", sum(core.registers.unknownWrites()));
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
        return core.polled() ? PolledBar.NOTE : "";
    }

    @Override
    public int readConfig(int offset, int bytes) {
        lock.lock();
        try {
            return core.readConfig(offset, bytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) {
        lock.lock();
        try {
            core.writeConfig(offset, bytes, value);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long barBytes(int bar) {
        return ModelCore.barBytes(bar);
    }

    @Override
    public long read(int bar, long offset, int bytes) {
        lock.lock();
        try {
            return core.read(bar, offset, bytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(int bar, long offset, int bytes, long value) {
        lock.lock();
        try {
            core.write(bar, offset, bytes, value);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<MappedPages> mappedPages() {
        return core.tails.pages();
    }

    @Override
    public void mapDma(long deviceAddress, long address, long lengthBytes) {
        lock.lock();
        try {
            core.dma.add(deviceAddress, address, lengthBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean unmapDma(long deviceAddress, long lengthBytes) {
        lock.lock();
        try {
            return core.dma.remove(deviceAddress, lengthBytes);
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
            core.vectors.target(vector, target);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void pin(Interrupt target) {
        lock.lock();
        try {
            core.pin(target);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean pinAsserted() {
        lock.lock();
        try {
            return core.pinAsserted();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void reset() {
        lock.lock();
        try {
            core.powerOn();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String roleName() {
        return core.options.name();
    }

    @Override
    public int doWork() {
        lock.lock();
        try {
            return core.turn();
        } catch (InternalError e) {
            memoryTaken(e);
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Memory that was mapped for DMA is there no more: who gave it has shortened its file, which the JVM makes this error
     * of. The card forgets its queues, and with them every address; a driver finds it as after power-on.
     */
    private void memoryTaken(InternalError error) {
        core.powerOn();
        memoryFaults++;
        if (Long.bitCount(memoryFaults) == 1) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    name() + " was reset: memory that its driver has mapped for DMA cannot be reached, times="
                            + memoryFaults + "; whoever drives it must not shorten that file",
                    error);
        }
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        lock.lock();
        try {
            waitSet.dueIn(core.interrupts.dueInNanos(LOOK_NANOS));
            return unplugged || core.engine.arm(waitSet);
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
        return unplugged;
    }

    /** Unplugs the card: closes its wire. Its pages stay until {@link #close}: a driver may store to them still. */
    @Override
    public void onClose() {
        lock.lock();
        try {
            unplug();
        } finally {
            lock.unlock();
        }
    }

    private void unplug() {
        if (!unplugged) {
            unplugged = true;
            core.unplug();
        }
    }

    /** Unplugs the card and unmaps its pages, which no driver may use any more. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            unplug();
            if (!closed) {
                closed = true;
                core.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
