// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

/** The card's transmit queues: which are enabled, with what ring (4.6.8, 4.6.8.1). */
final class TransmitQueues extends Queues<TransmitRing> {
    /** Prefetch below 60 descriptors on the card when 4 or more wait: needed to forward 10G of short packets on one. */
    private static final int PREFETCH_THRESHOLD = 60;

    private static final int HOST_THRESHOLD = 4;

    private final Registers registers;
    private boolean transmitting;

    TransmitQueues(Registers registers) {
        super(registers, "transmit", "4.6.8", TX_QUEUES, 0);
        this.registers = registers;
    }

    @Override
    int control(int queue) {
        return txdctl(queue);
    }

    /** 4.6.8, "the following steps should be done once per transmit queue". */
    @Override
    void program(int queue, TransmitRing ring) throws CardException {
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
        switchOn(queue);
    }

    @Override
    public void program() throws CardException {
        transmitting = false;
        super.program();
    }
}
