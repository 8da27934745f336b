// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.RXCSUM;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.RXCSUM_PCSD;

/**
 * Spreads received packets over queues by a hash of their addresses and ports (7.1.2.8). The key repeats every 16 bits, so
 * that both directions of a flow have one hash and one queue (Woo and Park, "Scalable TCP Session Monitoring with
 * Symmetric Receive-side Scaling", 2012).
 */
public final class Rss implements CardPart {
    /** Queues that the indirection table's entries of four bits can name. */
    public static final int MAX_QUEUES = 16;

    /** Four bytes of the key, as they lie in a register: 6D 5A 6D 5A. */
    private static final int KEY = 0x5A6D_5A6D;

    private static final int KEY_WORDS = 10;
    private static final int POOLS = 64;
    private static final int RETA_WORDS = 32;
    private static final int ENTRIES_PER_WORD = 4;
    private static final int FIELDS =
            MRQC_TCP_IPV4 | MRQC_IPV4 | MRQC_IPV6 | MRQC_TCP_IPV6 | MRQC_UDP_IPV4 | MRQC_UDP_IPV6;

    private final Registers registers;
    private final int entries;
    private final Pools pools;
    private int queues = 1;

    Rss(Registers registers, CardKind kind, Pools pools) {
        this.registers = registers;
        this.entries = kind.hashEntries();
        this.pools = pools;
    }

    /**
     * Spreads packets over queues 0 to {@code count} - 1, of the card or, where it has pools, of each pool.
     *
     * @param count 1 to 16; with pools, a power of two that a pool has; 1 puts all into one queue
     */
    public void spread(int count) throws CardException {
        synchronized (registers) {
            final int limit = pools.layout() == Pools.Layout.NONE
                    ? MAX_QUEUES
                    : pools.layout().queues();
            if (count < 1 || count > limit || pools.layout() != Pools.Layout.NONE && Integer.bitCount(count) != 1) {
                throw registers.failure("queues=" + count + " to spread packets over, must be 1 to " + limit
                        + (limit < MAX_QUEUES ? " and a power of two, as the card has pools" : ""));
            }
            queues = count;
            program();
        }
    }

    /** Over how many queues packets are spread. */
    public int queues() {
        synchronized (registers) {
            return queues;
        }
    }

    @Override
    public void program() {
        // 8.2.3.7.4: over how many of its queues a pool's packets are spread
        final int queueBits = pools.layout() == Pools.Layout.NONE ? 0 : Integer.numberOfTrailingZeros(queues);
        for (int pool = 0; pool < POOLS; pool++) {
            registers.write(psrtype(pool), queueBits << PSRTYPE_QUEUE_BITS_SHIFT);
        }
        if (queues == 1) {
            registers.clear(RXCSUM, RXCSUM_PCSD);
            registers.write(MRQC, pools.layout().receiveMode(false));
            return;
        }
        for (int i = 0; i < KEY_WORDS; i++) {
            registers.write(rssrk(i), KEY); // 8.2.3.7.15
        }
        for (int i = 0; i < entries / ENTRIES_PER_WORD; i++) {
            int word = 0;
            for (int part = 0; part < ENTRIES_PER_WORD; part++) {
                word |= (i * ENTRIES_PER_WORD + part) % queues << Byte.SIZE * part;
            }
            registers.write(i < RETA_WORDS ? reta(i) : ereta(i - RETA_WORDS), word); // 8.2.3.7.14
        }
        // 8.2.3.7.5: the hash takes the place of the fragment checksum
        registers.set(RXCSUM, RXCSUM_PCSD);
        registers.write(MRQC, pools.layout().receiveMode(true) | FIELDS); // 8.2.3.7.12
    }
}
