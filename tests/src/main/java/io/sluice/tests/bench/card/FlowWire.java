// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import java.lang.foreign.Arena;

/** A wire with as many short UDP frames as it was told, of flows in an order that no cache foresees; takes all. */
final class FlowWire implements Wire {
    /** 64 bytes with the check sequence. */
    static final int FRAME_BYTES = 60;

    static final int SOURCE_OFFSET = 26;
    static final int PORTS_OFFSET = 34;

    private static final int SOURCE = 0xC612_0000; // 198.18.0.0
    private static final int DESTINATION = 0xC613_0001; // 198.19.0.1

    private final long template = Arena.global().allocate(64, 64).address();
    private final int flows;
    private long state = 1;
    private long allowed;
    private long sent;

    FlowWire(int flows) {
        this.flows = flows;
        Memory.zero(template, 64);
        Memory.intNetwork(template, 0x0200_0000);
        Memory.intNetwork(template + 4, 0x0002_0200);
        Memory.intNetwork(template + 8, 1);
        Memory.shortNetwork(template + 12, (short) 0x0800);
        Memory.shortNetwork(template + 14, (short) 0x4500);
        Memory.shortNetwork(template + 16, (short) (FRAME_BYTES - 14));
        Memory.shortNetwork(template + 22, (short) 0x4011);
        Memory.shortNetwork(template + 38, (short) (FRAME_BYTES - 34));
    }

    /** Lets {@code frames} more come. */
    void allow(long frames) {
        allowed += frames;
    }

    /** Frames that have left. */
    long sent() {
        return sent;
    }

    /** The addresses of flow {@code flow} as they lie in memory. */
    static long addresses(int flow) {
        return Integer.toUnsignedLong(Integer.reverseBytes(SOURCE + (flow & 0xFFFF)))
                | (long) Integer.reverseBytes(DESTINATION) << 32;
    }

    /** Its ports as they lie in memory. */
    static int ports(int flow) {
        return Integer.reverseBytes(1024 + (flow >>> 16) << 16 | 4789);
    }

    @Override
    public int receive(long address, int capacityBytes) {
        if (allowed == 0) {
            return PacketSource.NOTHING;
        }
        allowed--;
        state = state * 0x5851_F42D_4C95_7F2DL + 0x1405_7B7E_F767_814FL;
        final int flow = (int) ((state >>> 33) * flows >>> 31);
        Memory.copy(template, address, FRAME_BYTES);
        Memory.longAt(address + SOURCE_OFFSET, addresses(flow));
        Memory.intAt(address + PORTS_OFFSET, ports(flow));
        return FRAME_BYTES;
    }

    @Override
    public boolean transmit(long address, int lengthBytes) {
        sent++;
        return true;
    }

    @Override
    public boolean carrier() {
        return true;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return allowed == 0;
    }

    @Override
    public void close() {}
}
