// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.Registers.SECOND;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

import java.util.Arrays;
import java.util.Objects;

/** The card's transmit queues: which are enabled, with what ring (4.6.8, 4.6.8.1). */
final class TransmitQueues implements CardPart {
    /** Prefetch below 60 descriptors on the card when 4 or more wait: needed to forward 10G of short packets on one. */
    private static final int PREFETCH_THRESHOLD = 60;

    private static final int HOST_THRESHOLD = 4;

    private final Registers registers;
    private final TransmitRing[] rings = new TransmitRing[TX_QUEUES];
    private boolean transmitting;

    TransmitQueues(Registers registers) {
        this.registers = registers;
    }

    /** The ring that {@code queue} has, or null. */
    TransmitRing ring(int queue) {
        return rings[queue];
    }

    /** Whether any is enabled. */
    boolean any() {
        return Arrays.stream(rings).anyMatch(Objects::nonNull);
    }

    void enable(int queue, TransmitRing ring) throws CardException {
        if (rings[queue] != null) {
            throw registers.failure("transmit queue " + queue + " is in use already");
        }
        try {
            program(queue, ring);
        } catch (CardException e) {
            // It must not be enabled later: its memory is the caller's again.
            stop(queue);
            throw e;
        }
        rings[queue] = ring;
    }

    /** 4.6.8, "the following steps should be done once per transmit queue". */
    private void program(int queue, TransmitRing ring) throws CardException {
        // 2. Program the descriptor base address with the address of the region
        registers.write(tdbah(queue), (int) (ring.descriptorsDeviceAddress() >>> 32));
        registers.write(tdbal(queue), (int) ring.descriptorsDeviceAddress());
        // 3. Set the length register to the size of the descriptor ring
        registers.write(tdlen(queue), ring.descriptors() * RingShape.DESCRIPTOR_BYTES);
        // 7.2.3.4: the ring is empty where head and tail are equal; a queue that was used before left them elsewhere
        registers.write(tdh(queue), 0);
        registers.write(tdt(queue), 0);
        // 4. Program the TXDCTL register with the desired write-back policy; with head write-back, WTHRESH stays 0
        // (7.2.3.5.2)
        registers.write(
                txdctl(queue), PREFETCH_THRESHOLD << TXDCTL_PTHRESH_SHIFT | HOST_THRESHOLD << TXDCTL_HTHRESH_SHIFT);
        // 5. If needed, set TDWBAL/TDWBAH to enable head write-back
        registers.write(tdwbah(queue), (int) (ring.headDeviceAddress() >>> 32));
        registers.write(
                tdwbal(queue),
                ring.headDeviceAddress() == 0 ? 0 : (int) ring.headDeviceAddress() | TDWBAL_HEAD_WRITE_BACK);
        // 7.2.3.5.2: "the relaxed ordering of the write-back must be off", else a head may seem to go backwards
        registers.clear(dcaTxctrl(queue), DCA_TXCTRL_WRITE_BACK_RELAXED);
        // 6. Enable the transmit path, only for the first queue
        if (!transmitting) {
            registers.set(DMATXCTL, DMATXCTL_ENABLE);
            transmitting = true;
        }
        // 7. Enable the queue, poll until the enable bit is set
        registers.set(txdctl(queue), TXDCTL_ENABLE);
        registers.await(
                txdctl(queue),
                TXDCTL_ENABLE,
                TXDCTL_ENABLE,
                10 * MICROSECOND,
                SECOND,
                "transmit queue " + queue + " being enabled (4.6.8)");
    }

    /**
     * 4.6.8.1.2: returns when the card no longer touches descriptors and buffers.
     * Where it does not let go of them, the queue stays one in use: it can be asked again, and a reset takes it.
     */
    void disable(int queue) throws CardException {
        if (rings[queue] == null) {
            return;
        }
        if (!stop(queue) && !registers.gone()) {
            throw registers.failure(
                    "transmit queue " + queue + " is still enabled a second after it was to be disabled (4.6.8.1.2);"
                            + " its memory stays the card's until the card is reset");
        }
        rings[queue] = null;
    }

    /** Whether the card shows within a second that {@code queue} is not enabled. */
    private boolean stop(int queue) {
        registers.clear(txdctl(queue), TXDCTL_ENABLE);
        return registers.poll(txdctl(queue), TXDCTL_ENABLE, 0, 100 * MICROSECOND, SECOND);
    }

    /** After a reset: all queues as they were, empty. */
    @Override
    public void program() throws CardException {
        transmitting = false;
        for (int queue = 0; queue < rings.length; queue++) {
            if (rings[queue] != null) {
                program(queue, rings[queue]);
            }
        }
    }
}
