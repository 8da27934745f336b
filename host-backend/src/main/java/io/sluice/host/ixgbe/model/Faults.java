// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.ReceiveRegisters;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Faults to order. Any thread may order one at any time; each shows from the model's next turn or the driver's next
 * access on, and stays until it is taken back, but {@link #resetAfter}, which happens once.
 */
public final class Faults {
    private static final int QUEUE_WORDS = ReceiveRegisters.RX_QUEUES / Long.SIZE;

    private final AtomicLong descriptorsUntilReset = new AtomicLong();
    private final AtomicLongArray stuckReceive = new AtomicLongArray(QUEUE_WORDS);
    private final AtomicLongArray stuckTransmit = new AtomicLongArray(QUEUE_WORDS);
    private volatile boolean resetDue;
    private volatile long writeBackDelayNanos;
    private volatile boolean linkLost;
    private volatile boolean eepromMissing;
    private volatile boolean eepromDamaged;
    private volatile boolean interruptsLost;
    private volatile boolean gone;
    private volatile boolean semaphoreHeld;
    private volatile boolean masterStuck;

    /** Late write-back: descriptors and heads become visible so much after the packet's data have moved; 0 for at once. */
    public void delayWriteBack(long nanos) {
        writeBackDelayNanos = nanos;
    }

    public long writeBackDelayNanos() {
        return writeBackDelayNanos;
    }

    /** Takes the link away, or gives it back. */
    public void loseLink(boolean lost) {
        linkLost = lost;
    }

    public boolean linkLost() {
        return linkLost;
    }

    /**
     * Resets the card by itself while {@code descriptors} more descriptors are under way, at least 1: the packet's data have
     * moved, the write-back will never come, and every register holds its reset value.
     */
    public void resetAfter(long descriptors) {
        descriptorsUntilReset.set(descriptors);
    }

    /**
     * Asked by the engine for each descriptor, between the moving of data and the write-back.
     *
     * @return true where the card is to be reset now: the engine stops at once and writes nothing back
     */
    public boolean resetsNow() {
        if (descriptorsUntilReset.get() > 0 && descriptorsUntilReset.decrementAndGet() == 0) {
            resetDue = true;
            return true;
        }
        return resetDue;
    }

    /** Whether {@link #resetsNow} has said so, once. */
    boolean takeReset() {
        final boolean due = resetDue;
        resetDue = false;
        return due;
    }

    /** Takes the EEPROM off the board, or puts it back; seen at the next reset. */
    public void missEeprom(boolean missing) {
        eepromMissing = missing;
    }

    public boolean eepromMissing() {
        return eepromMissing;
    }

    /** One bit of a word that the checksum covers reads wrong from now on; what a reset loads is as it was. */
    public void damageEeprom(boolean damaged) {
        eepromDamaged = damaged;
    }

    public boolean eepromDamaged() {
        return eepromDamaged;
    }

    /** Messages of interrupts get lost on their way: causes are there, and no vector signals. */
    public void loseInterrupts(boolean lost) {
        interruptsLost = lost;
    }

    public boolean interruptsLost() {
        return interruptsLost;
    }

    /** Surprise removal: everything reads as all ones, nothing is written, no memory is touched, no interrupt raised. */
    public void remove(boolean removed) {
        gone = removed;
    }

    public boolean gone() {
        return gone;
    }

    /** Somebody else, a firmware or a driver that died, holds the semaphore SWSM.SMBI and does not give it back. */
    public void holdSemaphore(boolean held) {
        semaphoreHeld = held;
    }

    public boolean semaphoreHeld() {
        return semaphoreHeld;
    }

    /** STATUS goes on to say that bus mastering is enabled after CTRL has disabled it: a transaction never ends. */
    public void holdMaster(boolean held) {
        masterStuck = held;
    }

    public boolean masterStuck() {
        return masterStuck;
    }

    /** Receive queue {@code queue} takes no packet any more, and does not follow RXDCTL.ENABLE; or does again. */
    public void stickReceive(int queue, boolean stuck) {
        set(stuckReceive, queue, stuck);
    }

    public boolean receiveStuck(int queue) {
        return (stuckReceive.get(queue >>> 6) >>> queue & 1) != 0;
    }

    /** Transmit queue {@code queue} sends no packet any more, and does not follow TXDCTL.ENABLE; or does again. */
    public void stickTransmit(int queue, boolean stuck) {
        set(stuckTransmit, queue, stuck);
    }

    public boolean transmitStuck(int queue) {
        return (stuckTransmit.get(queue >>> 6) >>> queue & 1) != 0;
    }

    private static void set(AtomicLongArray queues, int queue, boolean stuck) {
        final long bit = 1L << queue;
        queues.updateAndGet(queue >>> 6, bits -> stuck ? bits | bit : bits & ~bit);
    }
}
