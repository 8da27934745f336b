// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.Registers.MILLISECOND;
import static io.sluice.host.ixgbe.Registers.SECOND;
import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_EXT;
import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_EXT_NO_SNOOP_DISABLE;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.DCA_RXCTRL_RESERVED_12;

import java.util.Arrays;
import java.util.Objects;

/** The card's receive queues: which are enabled, with what ring (4.6.7, 4.6.7.1). */
final class ReceiveQueues implements CardPart {
    private static final int KIBIBYTE = 1024;
    private static final int TAG_BYTES = 4;

    private final Registers registers;
    private final int maxFrameBytes;
    private final ReceiveRing[] rings = new ReceiveRing[RX_QUEUES];
    private boolean receiving;

    ReceiveQueues(Registers registers, int maxFrameBytes) {
        this.registers = registers;
        this.maxFrameBytes = maxFrameBytes;
    }

    /** The ring that {@code queue} has, or null. */
    ReceiveRing ring(int queue) {
        return rings[queue];
    }

    /** Whether any is enabled. */
    boolean any() {
        return Arrays.stream(rings).anyMatch(Objects::nonNull);
    }

    void enable(int queue, ReceiveRing ring) throws CardException {
        if (rings[queue] != null) {
            throw registers.failure("receive queue " + queue + " is in use already");
        }
        // 8.2.3.22.13: a VLAN tag may come on top of the limit
        if (ring.bufferKibibytes() * KIBIBYTE < maxFrameBytes + TAG_BYTES) {
            throw registers.failure("receive queue " + queue + " has buffers of " + ring.bufferKibibytes()
                    + " KiB, too short for frames of maxFrameBytes=" + maxFrameBytes + " and a tag of " + TAG_BYTES
                    + "; take larger buffers or a smaller limit");
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

    /** 4.6.7, "the following should be done per each receive queue". */
    private void program(int queue, ReceiveRing ring) throws CardException {
        // 3. Program the descriptor base address with the address of the region
        registers.write(rdbah(queue), (int) (ring.descriptorsDeviceAddress() >>> 32));
        registers.write(rdbal(queue), (int) ring.descriptorsDeviceAddress());
        // 4. Set the length register to the size of the descriptor ring
        registers.write(rdlen(queue), ring.descriptors() * RingShape.DESCRIPTOR_BYTES);
        // 7.1.9: the ring is empty where head and tail are equal; a queue that was used before left them elsewhere
        registers.write(rdh(queue), 0);
        registers.write(rdt(queue), 0);
        // 5. Program SRRCTL according to the size of the buffers (8.2.3.8.7)
        registers.write(srrctl(queue), splitControl(ring));
        // "clear bit 12 of the DCA_RXCTRL register", the note at the end of 4.6.7
        registers.clear(dcaRxctrl(queue), DCA_RXCTRL_RESERVED_12);
        // 8. Program RXDCTL with the queue enable bit
        registers.set(rxdctl(queue), RXDCTL_ENABLE);
        // 9. Poll until the enable bit is set; the tail must not be bumped before
        registers.await(
                rxdctl(queue),
                RXDCTL_ENABLE,
                RXDCTL_ENABLE,
                10 * MICROSECOND,
                SECOND,
                "receive queue " + queue + " being enabled (4.6.7)");
        // 11. Enable the receive path; only after all other settings are done
        if (!receiving) {
            startReceiving();
        }
    }

    private static int splitControl(ReceiveRing ring) {
        return ring.bufferKibibytes()
                | (ring.dropWhenFull() ? SRRCTL_DROP_ENABLE : 0)
                | (ring.advanced() ? SRRCTL_DESCRIPTOR_ADVANCED : 0);
    }

    private void startReceiving() throws CardException {
        // "Halt the receive data path by setting SECRXCTRL.RX_DIS bit"
        haltDataPath();
        // "Set RXCTRL.RXEN"
        registers.set(RXCTRL, RXCTRL_ENABLE);
        // "Clear the SECRXCTRL.RX_DIS bit to enable the receive data path"
        registers.clear(SECRXCTRL, SECRXCTRL_RX_DISABLE);
        // "Set bit 16 of the CTRL_EXT register"
        registers.set(CTRL_EXT, CTRL_EXT_NO_SNOOP_DISABLE);
        receiving = true;
    }

    private void haltDataPath() throws CardException {
        registers.set(SECRXCTRL, SECRXCTRL_RX_DISABLE);
        // "Wait for the data paths to be emptied by hardware. Poll the SECRXSTAT.SECRX_RDY bit"
        registers.await(
                SECRXSTAT,
                SECRXSTAT_READY,
                SECRXSTAT_READY,
                10 * MICROSECOND,
                SECOND,
                "the receive path running empty (4.6.7)");
    }

    /**
     * 4.6.7.1.2: returns when the card no longer touches descriptors and buffers.
     * Where it does not let go of them, the queue stays one in use: it can be asked again, and a reset takes it.
     */
    void disable(int queue) throws CardException {
        if (rings[queue] == null) {
            return;
        }
        if (!stop(queue) && !registers.gone()) {
            throw registers.failure(
                    "receive queue " + queue + " is still enabled a second after it was to be disabled (4.6.7.1.2);"
                            + " its memory stays the card's until the card is reset");
        }
        // "wait additional amount of time (~100 us) before releasing the memory"
        registers.sleep(MILLISECOND / 10);
        rings[queue] = null;
    }

    /** Whether the card shows within a second that {@code queue} is not enabled. */
    private boolean stop(int queue) {
        registers.clear(rxdctl(queue), RXDCTL_ENABLE);
        return registers.poll(rxdctl(queue), RXDCTL_ENABLE, 0, 100 * MICROSECOND, SECOND);
    }

    /** After a reset: all queues as they were, empty. */
    @Override
    public void program() throws CardException {
        receiving = false;
        for (int queue = 0; queue < rings.length; queue++) {
            if (rings[queue] != null) {
                program(queue, rings[queue]);
            }
        }
    }
}
