// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.VLNCTRL;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.VLNCTRL_FILTER_ENABLE;

import io.sluice.host.ixgbe.model.RegisterFile;

/** Which pools of queues a frame goes to where the card is shared by virtual machines (7.1.10.3). */
final class PoolSelector {
    private static final int VLAN_FILTERS = 64;
    private static final int VLAN_MASK = 0xFFF;
    private static final int DEFAULT_POOL_MASK = 0x3F;
    private static final int REDIRECTION_BITS_SHIFT = 29;

    private final RegisterFile registers;
    private final AddressFilter filter;

    /** @param filter that a frame has passed last, before {@link #pools} is asked of it */
    PoolSelector(RegisterFile registers, AddressFilter filter) {
        this.registers = registers;
        this.filter = filter;
    }

    /** Whether frames go to pools. */
    boolean active() {
        return queuesInPool() != 0 && (registers.peek(VT_CTL) & VT_CTL_ENABLE) != 0;
    }

    private int queuesInPool() {
        return switch (registers.peek(MRQC) & MRQC_MODE_MASK) {
            case MRQC_VMDQ_64, MRQC_VMDQ_64_RSS -> 2;
            case MRQC_VMDQ_32_RSS -> 4;
            default -> 0;
        };
    }

    /** The pools that {@code frame} from the wire goes to, a bit each; none where it is dropped. */
    long pools(FrameHeaders frame) {
        final int control = registers.peek(VT_CTL);
        long pools = wanted(frame);
        if (pools == 0 && (control & VT_CTL_DISABLE_DEFAULT_POOL) == 0) {
            pools = 1L << (control >>> VT_CTL_DEFAULT_POOL_SHIFT & DEFAULT_POOL_MASK);
        }
        pools &= receiving();
        // Without replication a frame goes to one pool (7.1.10.3.4).
        return (control & VT_CTL_REPLICATION) != 0 ? pools : Long.lowestOneBit(pools);
    }

    /** The pools that {@code frame} of pool {@code from} goes to without leaving the card (7.10.3.4). */
    long localPools(FrameHeaders frame, int from) {
        return wanted(frame) & receiving() & ~(1L << from);
    }

    /** Pools that ask for the frame, without the default one. */
    private long wanted(FrameHeaders frame) {
        long pools = filter.exactPools;
        if (frame.destination == FrameHeaders.BROADCAST) {
            pools |= accepting(PFVML2FLT_BROADCAST);
        } else if (frame.toGroup()) {
            pools |= accepting(PFVML2FLT_MULTICAST_PROMISCUOUS);
            pools |= filter.inMulticastTable(frame.destination) ? accepting(PFVML2FLT_MULTICAST_TABLE) : 0;
        } else if (filter.inUnicastTable(frame.destination)) {
            pools |= accepting(PFVML2FLT_UNICAST_TABLE);
        }
        if ((registers.peek(VLNCTRL) & VLNCTRL_FILTER_ENABLE) != 0) {
            pools &= frame.tagged ? vlanPools(frame.tag & VLAN_MASK) : accepting(PFVML2FLT_UNTAGGED);
        }
        return pools;
    }

    private long accepting(int bit) {
        long pools = 0;
        for (int pool = 0; pool < Long.SIZE; pool++) {
            pools |= (registers.peek(pfvml2flt(pool)) & bit) != 0 ? 1L << pool : 0;
        }
        return pools;
    }

    private long vlanPools(int vlan) {
        long pools = 0;
        for (int i = 0; i < VLAN_FILTERS; i++) {
            final int entry = registers.peek(pfvlvf(i));
            if ((entry & PFVLVF_ENABLE) != 0 && (entry & VLAN_MASK) == vlan) {
                pools |=
                        registers.peek(pfvlvfb(2 * i)) & 0xFFFF_FFFFL | (long) registers.peek(pfvlvfb(2 * i + 1)) << 32;
            }
        }
        return pools;
    }

    private long receiving() {
        final long enabled = registers.peek(vfre(0)) & 0xFFFF_FFFFL | (long) registers.peek(vfre(1)) << 32;
        return queuesInPool() == 4 ? enabled & 0xFFFF_FFFFL : enabled;
    }

    /** The queue of {@code pool} for a frame with redirection index {@code index}; PSRTYPE says how much of it counts. */
    int queue(int pool, int index) {
        final int queues = queuesInPool();
        final boolean spread = (registers.peek(MRQC) & MRQC_MODE_MASK) != MRQC_VMDQ_64;
        final int bits = Math.min(registers.peek(psrtype(pool)) >>> REDIRECTION_BITS_SHIFT, queues >>> 1);
        return pool * queues + (spread ? index & (1 << bits) - 1 : 0);
    }
}
