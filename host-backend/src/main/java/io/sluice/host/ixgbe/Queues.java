// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.Registers.SECOND;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.RXDCTL_ENABLE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * The card's queues of one direction: which are enabled, with what ring. What is common to both directions stands here:
 * whose a queue's memory is before, while and after the card has it.
 *
 * @param <R> what the card is told of a queue's descriptors
 */
abstract class Queues<R> implements CardPart {
    /** RXDCTL and TXDCTL have it in one place. */
    private static final int ENABLE = RXDCTL_ENABLE;

    private final Registers registers;
    private final String direction;
    private final String section;
    private final long lingerNanos;
    private final List<R> rings;

    /**
     * Queues of which none is enabled.
     *
     * @param section where the datasheet says how they are enabled; how they are disabled stands in its part 1.2
     * @param lingerNanos how long the card may touch a queue's memory after it has shown that it is not enabled
     */
    Queues(Registers registers, String direction, String section, int queues, long lingerNanos) {
        this.registers = registers;
        this.direction = direction;
        this.section = section;
        this.lingerNanos = lingerNanos;
        this.rings = new ArrayList<>(Collections.nCopies(queues, null));
    }

    /** Where {@code queue} has its RXDCTL or TXDCTL. */
    abstract int control(int queue);

    /** Programs {@code queue} with {@code ring}, and switches it on. */
    abstract void program(int queue, R ring) throws CardException;

    /** The ring that {@code queue} has, or null. */
    final R ring(int queue) {
        return rings.get(queue);
    }

    /** Whether any is enabled. */
    final boolean any() {
        return rings.stream().anyMatch(Objects::nonNull);
    }

    /** Gives {@code queue} the memory of {@code ring}; where that fails, the card has none of it. */
    void enable(int queue, R ring) throws CardException {
        if (ring(queue) != null) {
            throw registers.failure(direction + " queue " + queue + " is in use already");
        }
        try {
            program(queue, ring);
        } catch (CardException e) {
            // It must not be enabled later: its memory is the caller's again.
            stop(queue);
            throw e;
        }
        rings.set(queue, ring);
    }

    /** Sets the queue enable bit and polls until it is set; the tail must not be bumped before. */
    final void switchOn(int queue) throws CardException {
        registers.set(control(queue), ENABLE);
        registers.await(
                control(queue),
                ENABLE,
                ENABLE,
                10 * MICROSECOND,
                SECOND,
                direction + " queue " + queue + " being enabled (" + section + ")");
    }

    /**
     * Returns when the card no longer touches descriptors and buffers (4.6.7.1.2, 4.6.8.1.2).
     * Where it does not let go of them, the queue stays one in use: it can be asked again, and a reset takes it.
     */
    final void disable(int queue) throws CardException {
        if (ring(queue) == null) {
            return;
        }
        if (!stop(queue) && !registers.gone()) {
            throw registers.failure(direction + " queue " + queue
                    + " is still enabled a second after it was to be disabled (" + section
                    + ".1.2); its memory stays the card's until the card is reset");
        }
        if (lingerNanos > 0) {
            registers.sleep(lingerNanos);
        }
        rings.set(queue, null);
    }

    /** Whether the card shows within a second that {@code queue} is not enabled. */
    private boolean stop(int queue) {
        registers.clear(control(queue), ENABLE);
        return registers.poll(control(queue), ENABLE, 0, 100 * MICROSECOND, SECOND);
    }

    /** After a reset: all queues as they were, empty. */
    @Override
    public void program() throws CardException {
        for (int queue = 0; queue < rings.size(); queue++) {
            if (ring(queue) != null) {
                program(queue, ring(queue));
            }
        }
    }
}
