// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MILLISECOND;
import static io.sluice.host.ixgbe.Registers.SECOND;
import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

/**
 * What is set up once after a reset, whatever is asked of the card later: 4.6.3 from its step 4 on, without what parts of
 * the card have classes of their own for.
 */
final class Initialization implements CardPart {
    private static final int BUFFERS = 8;
    private static final int BUFFER_SIZE_SHIFT = 10;
    private static final int TRANSMIT_BUFFER_KIBIBYTES = 160;
    private static final int KIBIBYTE = 1024;
    private static final int CHECK_BYTES = 4;
    private static final int UNICAST_TABLE = 128;
    private static final int FIVE_TUPLE_FILTERS = 128;

    private final Registers registers;
    private final CardKind kind;
    private final int maxFrameBytes;

    Initialization(Registers registers, CardKind kind, int maxFrameBytes) {
        this.registers = registers;
        this.kind = kind;
        this.maxFrameBytes = maxFrameBytes;
    }

    @Override
    public void program() throws CardException {
        // 4.6.3, 4: "Wait for DMA initialization done"
        registers.await(
                RDRXCTL,
                RDRXCTL_DMA_INIT_DONE,
                RDRXCTL_DMA_INIT_DONE,
                MILLISECOND,
                SECOND,
                "the end of DMA initialization (RDRXCTL.DMAIDONE, 4.6.3, step 4)");
        clearTables();
        receive();
        transmit();
    }

    /** 4.6.7: "Initialize the following register tables before receive is enabled"; here those that nothing else uses. */
    private void clearTables() {
        for (int i = 0; i < UNICAST_TABLE; i++) {
            registers.write(pfuta(i), 0);
        }
        for (int i = 0; i < FIVE_TUPLE_FILTERS; i++) {
            registers.clear(ftqf(i), FTQF_ENABLE);
        }
    }

    /** 4.6.7: offloads, and the packet buffer as 4.6.11.3.4 has it without traffic classes. */
    private void receive() {
        // "RDRXCTL.CRCStrip and HLREG0.RXCRCSTRP must be set to the same value"
        registers.set(HLREG0, HLREG0_RX_CRC_STRIP);
        // "RDRXCTL.RSCFRSTSIZE should be set to 0x0 as opposed to its hardware default"; 8.2.3.8.8: two bits "software
        // should set to 1"
        registers.replace(
                RDRXCTL,
                RDRXCTL_CRC_STRIP | RDRXCTL_RSC_FIRST_SIZE_MASK | RDRXCTL_RSC_ACKC | RDRXCTL_FCOE_WRFIX,
                RDRXCTL_CRC_STRIP | RDRXCTL_RSC_ACKC | RDRXCTL_FCOE_WRFIX);
        // 4.6.11.3.4: the first packet buffer has all the room
        registers.write(rxpbsize(0), kind.receiveBufferKibibytes() << BUFFER_SIZE_SHIFT);
        for (int buffer = 1; buffer < BUFFERS; buffer++) {
            registers.write(rxpbsize(buffer), 0);
        }
    }

    /** 4.6.8. */
    private void transmit() {
        // "Program the HLREG0 register according to the required MAC behavior": check sequence and padding are the
        // card's
        registers.set(HLREG0, HLREG0_TX_CRC | HLREG0_TX_PAD);
        // "Set RTTDCS.ARBDIS to 1b"
        registers.set(RTTDCS, RTTDCS_ARBITER_DISABLE);
        // "Program DTXMXSZRQ, TXPBSIZE, TXPBTHRESH" as 4.6.11.3.4 has them; MTQC is Pools'
        registers.write(DTXMXSZRQ, DTXMXSZRQ_MAX_BYTES);
        registers.write(txpbsize(0), TRANSMIT_BUFFER_KIBIBYTES << BUFFER_SIZE_SHIFT);
        // room minus the longest packet
        registers.write(txpbthresh(0), TRANSMIT_BUFFER_KIBIBYTES - longestKibibytes());
        for (int buffer = 1; buffer < BUFFERS; buffer++) {
            registers.write(txpbsize(buffer), 0);
            registers.write(txpbthresh(buffer), 0);
        }
        // 4.6.11.3.4: "RTTDT1C: clear for all queues"
        for (int queue = 0; queue < TX_QUEUES; queue++) {
            registers.write(RTTDQSEL, queue);
            registers.write(RTTDT1C, 0);
        }
        // "Clear RTTDCS.ARBDIS to 0b"
        registers.clear(RTTDCS, RTTDCS_ARBITER_DISABLE);
    }

    private int longestKibibytes() {
        return (maxFrameBytes + CHECK_BYTES + KIBIBYTE - 1) / KIBIBYTE;
    }
}
