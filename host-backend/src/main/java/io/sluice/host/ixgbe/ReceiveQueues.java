// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.Registers.SECOND;
import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_EXT;
import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_EXT_NO_SNOOP_DISABLE;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.DCA_RXCTRL_RESERVED_12;

/** The card's receive queues: which are enabled, with what ring (4.6.7, 4.6.7.1). */
final class ReceiveQueues extends Queues<ReceiveRing> {
    private static final int KIBIBYTE = 1024;
    private static final int TAG_BYTES = 4;

    /** 4.6.7.1.2: "wait additional amount of time (~100 us) before releasing the memory". */
    private static final long LINGER_NANOS = 100 * MICROSECOND;

    private final Registers registers;
    private final int maxFrameBytes;
    private boolean receiving;

    ReceiveQueues(Registers registers, int maxFrameBytes) {
        super(registers, "receive", "4.6.7", RX_QUEUES, LINGER_NANOS);
        this.registers = registers;
        this.maxFrameBytes = maxFrameBytes;
    }

    @Override
    int control(int queue) {
        return rxdctl(queue);
    }

    @Override
    void enable(int queue, ReceiveRing ring) throws CardException {
        // 8.2.3.22.13: a VLAN tag may come on top of the limit
        if (ring.bufferKibibytes() * KIBIBYTE < maxFrameBytes + TAG_BYTES) {
            throw registers.failure("receive queue " + queue + " has buffers of " + ring.bufferKibibytes()
                    + " KiB, too short for frames of maxFrameBytes=" + maxFrameBytes + " and a tag of " + TAG_BYTES
                    + "; take larger buffers or a smaller limit");
        }
        super.enable(queue, ring);
    }

    /** 4.6.7, "the following should be done per each receive queue". */
    @Override
    void program(int queue, ReceiveRing ring) throws CardException {
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
        // 8. and 9. Program RXDCTL with the queue enable bit, poll until it is set
        switchOn(queue);
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

    @Override
    public void program() throws CardException {
        receiving = false;
        super.program();
    }
}
