// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;

/**
 * Queues of their own for guests (VMDq, 7.10.3, 4.6.10.1): the card is divided into pools, each with addresses, VLANs and
 * queues of its own. A frame goes to the pools whose address and VLAN it has; broadcast and multicast to all that take
 * them.
 */
public final class Pools implements CardPart {
    /** How the card's 128 queues are divided. */
    public enum Layout {
        /** Not at all. */
        NONE(1, 128, 0, 0, 0),
        /** 64 pools of two queues. */
        POOLS_64(64, 2, MRQC_VMDQ_64, MRQC_VMDQ_64_RSS, MTQC_VT | MTQC_64_POOLS),
        /** 32 pools of four queues. */
        POOLS_32(32, 4, MRQC_VMDQ_32_RSS, MRQC_VMDQ_32_RSS, MTQC_VT | MTQC_32_POOLS);

        private final int pools;
        private final int queues;
        private final int plainMode;
        private final int spreadMode;
        private final int transmitMode;

        Layout(int pools, int queues, int plainMode, int spreadMode, int transmitMode) {
            this.pools = pools;
            this.queues = queues;
            this.plainMode = plainMode;
            this.spreadMode = spreadMode;
            this.transmitMode = transmitMode;
        }

        /** How many pools there are. */
        public int pools() {
            return pools;
        }

        /** How many queues each has, in either direction; pool p has queues {@code p * queues()} on. */
        public int queues() {
            return queues;
        }

        /** MRQC.MRQE (8.2.3.7.12). */
        int receiveMode(boolean spread) {
            return this == NONE ? spread ? MRQC_RSS : 0 : spread ? spreadMode : plainMode;
        }
    }

    /** For a pool that is in no VLAN, and for no default pool. */
    public static final int NONE = -1;

    private static final int MAX_POOLS = 64;

    private final Registers registers;
    private final AddressFilters addresses;
    private final PoolVlans vlans;
    private final Pool[] pools = new Pool[MAX_POOLS];
    private Layout layout = Layout.NONE;
    private int defaultPool = NONE;
    private boolean loopback;

    Pools(Registers registers, AddressFilters addresses, VlanFilters vlans) {
        this.registers = registers;
        this.addresses = addresses;
        this.vlans = new PoolVlans(registers, vlans);
    }

    /**
     * Divides the card, or undivides it. No queue may be enabled, no pool open: {@link Card#divide} sees to the former.
     */
    void divide(Layout wanted) throws CardException {
        for (int pool = 0; pool < MAX_POOLS; pool++) {
            if (pools[pool] != null) {
                throw registers.failure(
                        "pool " + pool + " is in use, the card cannot be divided otherwise; close it first");
            }
        }
        layout = wanted;
        defaultPool = NONE;
        program();
    }

    /** How the card is divided. */
    public Layout layout() {
        synchronized (registers) {
            return layout;
        }
    }

    /**
     * Gives frames for {@code address} to {@code pool}, and broadcast and multicast too.
     *
     * @param vlan that frames have to be in, or {@link #NONE} for untagged ones, and for all where no pool is in one
     */
    public void open(int pool, MacAddress address, int vlan) throws CardException {
        synchronized (registers) {
            check(pool);
            if (pools[pool] != null) {
                throw registers.failure("pool " + pool + " has " + pools[pool].address + " already; close it first");
            }
            addresses.accept(address, 1L << pool);
            if (vlan != NONE) {
                vlans.join(vlan, pool);
            }
            pools[pool] = new Pool(address, vlan);
            programPool(pool);
            programEnables();
        }
    }

    /** Takes everything from {@code pool}; its queues get nothing more. Idempotent. */
    public void close(int pool) throws CardException {
        synchronized (registers) {
            if (pools[pool] == null) {
                return;
            }
            final Pool old = pools[pool];
            pools[pool] = null;
            programEnables();
            programPool(pool);
            addresses.remove(old.address, 1L << pool);
            if (old.vlan != NONE) {
                vlans.leave(old.vlan, pool);
            }
        }
    }

    /** Frames for no pool go to {@code pool} from now on, or to none with {@link #NONE}; promiscuous or not. */
    public void defaultPool(int pool) throws CardException {
        synchronized (registers) {
            if (pool != NONE) {
                check(pool);
            }
            defaultPool = pool;
            programControl();
        }
    }

    /** Whether what one pool sends to another's address goes there inside the card (7.10.3.4). */
    public void loopback(boolean on) {
        synchronized (registers) {
            loopback = on;
            programControl();
        }
    }

    private void check(int pool) throws CardException {
        if (layout == Layout.NONE || pool < 0 || pool >= layout.pools) {
            throw registers.failure("pool=" + pool
                    + (layout == Layout.NONE
                            ? ", but the card is not divided"
                            : ", must be 0 to " + (layout.pools - 1)));
        }
    }

    /** 4.6.11.3.3 and 4: pools without traffic classes, or none. Addresses, VLANs and MRQC have classes of their own. */
    @Override
    public void program() {
        // 7.2.1.2.1: MTQC changes only while the arbiter is off
        registers.set(RTTDCS, RTTDCS_ARBITER_DISABLE);
        registers.write(MTQC, layout.transmitMode);
        registers.clear(RTTDCS, RTTDCS_ARBITER_DISABLE);
        vlans.program();
        for (int pool = 0; pool < MAX_POOLS; pool++) {
            programPool(pool);
        }
        programControl();
        programEnables();
    }

    /** 8.2.3.27.1, 7.10.3.4. */
    private void programControl() {
        registers.write(PFDTXGSWC, layout != Layout.NONE && loopback ? PFDTXGSWC_LOOPBACK : 0);
        registers.write(
                VT_CTL,
                layout == Layout.NONE
                        ? 0
                        : VT_CTL_ENABLE
                                | VT_CTL_REPLICATION
                                | (defaultPool == NONE
                                        ? VT_CTL_DISABLE_DEFAULT_POOL
                                        : defaultPool << VT_CTL_DEFAULT_POOL_SHIFT));
    }

    /** 8.2.3.27.14: what it accepts, apart from its own address. */
    private void programPool(int pool) {
        final Pool open = pools[pool];
        final int accepts = open == null
                ? 0
                : PFVML2FLT_BROADCAST | PFVML2FLT_MULTICAST_PROMISCUOUS | (open.vlan == NONE ? PFVML2FLT_UNTAGGED : 0);
        registers.write(pfvml2flt(pool), accepts);
    }

    /** 8.2.3.27.7 and 8: which pools may receive and transmit at all; without pools these registers say nothing. */
    private void programEnables() {
        long open = 0;
        for (int pool = 0; pool < MAX_POOLS; pool++) {
            open |= pools[pool] == null ? 0 : 1L << pool;
        }
        for (int half = 0; half < 2; half++) {
            registers.write(vfre(half), (int) (open >>> Integer.SIZE * half));
            registers.write(vfte(half), (int) (open >>> Integer.SIZE * half));
        }
    }

    private record Pool(MacAddress address, int vlan) {}
}
