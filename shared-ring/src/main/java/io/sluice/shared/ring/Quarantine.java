// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The slots of one ring that a guest which has lost its place may still write to, because it fell silent and may go on.
 * The host puts nothing into them and takes nothing out of them, so that what is written there reaches nobody.
 *
 * <p>One thread adds and removes; the host's stages ask. A slot that was added before its ring's positions went past it
 * is seen by the stage that meets it next: positions are published with release and read with acquire.
 */
public final class Quarantine {
    private final int slots;
    private final int slotMask;
    /** How many guests may still write to each slot; made when first needed. */
    private volatile AtomicIntegerArray writers;

    private volatile int entries;
    /** Slots with a writer. */
    private int held;

    /** For a ring of {@code slots}, a power of two. */
    Quarantine(int slots) {
        this.slots = slots;
        slotMask = slots - 1;
    }

    /** Adds the slots of positions from {@code from} up to and without {@code to}. */
    public void add(long from, long to) {
        if (writers == null) {
            writers = new AtomicIntegerArray(slots);
        }
        for (long position = from; position < to; position++) {
            held += writers.incrementAndGet((int) position & slotMask) == 1 ? 1 : 0;
        }
        entries++;
    }

    /** Takes back what {@link #add} was called with. */
    public void remove(long from, long to) {
        for (long position = from; position < to; position++) {
            held -= writers.decrementAndGet((int) position & slotMask) == 0 ? 1 : 0;
        }
        entries--;
    }

    /** Whether so many slots are held that too few are left to carry packets; for the thread that adds and removes. */
    public boolean crowded() {
        return held > slots - slots / 4;
    }

    /** Whether there may be slots for which {@link #holds} is true; asked once for several positions. */
    public boolean active() {
        return entries != 0;
    }

    /** Whether the slot at {@code position} must not be used. */
    public boolean holds(long position) {
        return writers(position) != 0;
    }

    /** How many guests that have lost their places may still write to the slot at {@code position}. */
    public int writers(long position) {
        final AtomicIntegerArray all = writers;
        return all == null ? 0 : all.getAcquire((int) position & slotMask);
    }
}
