// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.pci.DmaMap;
import io.sluice.shared.pacing.WaitSet;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What moves packets between a model's descriptor rings and its wire. Every call comes under the model's lock.
 *
 * <p>Whether the link is up, {@code peek(LINKS) & LINKS_UP_NOW} tells: it is there before {@link #doWork} is called.
 */
public interface Engine extends AutoCloseable {
    /**
     * Moves some packets, and tells how many. Called in turns, and only while the card may use its bus: memory can be
     * reached, nothing is reset half-way.
     */
    int doWork();

    /** Forgets all queues and packets; registers hold their reset values already. */
    void reset();

    /** RXDCTL of {@code queue}, 0 to 127, was written; the register file holds what it says now. */
    void receiveQueueWritten(int queue);

    /** TXDCTL of {@code queue}, 0 to 127, was written; the register file holds what it says now. */
    void transmitQueueWritten(int queue);

    /** Whether the wire could carry packets now: something is at its other end. */
    boolean carrier();

    /** As {@link io.sluice.shared.agent.Agent#arm} says: names what of the wire is to end a sleep. */
    default boolean arm(WaitSet waitSet) {
        return true;
    }

    /** What the wire and the engine count beside the registers, for a person to read. */
    default Map<String, Long> details() {
        return Map.of();
    }

    /** Gives the wire back. */
    @Override
    void close();

    /** What an engine works with. */
    record Parts(
            ModelOptions options,
            RegisterFile registers,
            TailPages tails,
            DmaMap dma,
            InterruptCauses interrupts,
            Faults faults,
            LongSupplier nanoClock) {}

    /** Makes the engine of a model. */
    @FunctionalInterface
    interface Maker {
        Engine make(Parts parts);
    }
}
