// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One end of a cable between two models, each of which may have a thread of its own. What is under way has a bound: a
 * sender finds the cable full and offers its frame again.
 *
 * <pre>
 *   each way   | length u32 | frame, to a multiple of 8 | length u32 | frame | ... | -1 | up to the end |
 *              positions count bytes and never wrap; the sender's is released after the bytes, the receiver's likewise
 * </pre>
 */
public final class CableWire implements Wire {
    /** How long a sleeping model overlooks a frame: the other end has no bell. */
    private static final long LOOK_NANOS = 50_000;

    private final Way in;
    private final Way out;
    private final AtomicBoolean plugged;

    private CableWire(Way in, Way out, AtomicBoolean plugged) {
        this.in = in;
        this.out = out;
        this.plugged = plugged;
    }

    /** The two ends of a cable. */
    public static List<CableWire> pair() {
        final Way there = new Way();
        final Way back = new Way();
        final AtomicBoolean plugged = new AtomicBoolean(true);
        return List.of(new CableWire(back, there, plugged), new CableWire(there, back, plugged));
    }

    @Override
    public int receive(long address, int capacityBytes) {
        return in.take(address, capacityBytes);
    }

    @Override
    public boolean transmit(long address, int lengthBytes) {
        return out.put(address, lengthBytes);
    }

    /** True until either end was closed. */
    @Override
    public boolean carrier() {
        return plugged.get();
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        waitSet.dueIn(LOOK_NANOS);
        return in.empty();
    }

    @Override
    public Map<String, Long> details() {
        return Map.of();
    }

    @Override
    public void close() {
        plugged.set(false);
    }

    /** One direction. */
    private static final class Way {
        private static final int BYTES = 256 << 10;
        private static final int HEADER_BYTES = Integer.BYTES;
        private static final int WRAP = -1;

        private final Arena arena = Arena.ofAuto();
        private final long memory = arena.allocate(BYTES, 64).address();
        private final AtomicLong written = new AtomicLong();
        private final AtomicLong read = new AtomicLong();

        boolean put(long address, int lengthBytes) {
            final int bytes = recordBytes(lengthBytes);
            long at = written.getPlain();
            final int left = BYTES - (int) (at & BYTES - 1);
            final int skipped = bytes > left ? left : 0;
            if (BYTES - (at - read.getAcquire()) < skipped + bytes) {
                return false;
            }
            if (skipped != 0) {
                Memory.intAt(place(at), WRAP);
                at += skipped;
            }
            Memory.intAt(place(at), lengthBytes);
            Memory.copy(address, place(at) + HEADER_BYTES, lengthBytes);
            written.setRelease(at + bytes);
            return true;
        }

        int take(long address, int capacityBytes) {
            long at = read.getPlain();
            if (at == written.getAcquire()) {
                return PacketSource.NOTHING;
            }
            int length = Memory.intAt(place(at));
            if (length == WRAP) {
                at += BYTES - (at & BYTES - 1);
                length = Memory.intAt(place(at));
            }
            if (length <= capacityBytes) {
                Memory.copy(place(at) + HEADER_BYTES, address, length);
            }
            read.setRelease(at + recordBytes(length));
            return length <= capacityBytes ? length : PacketSource.OVERSIZE;
        }

        boolean empty() {
            return read.getPlain() == written.getAcquire();
        }

        private long place(long position) {
            return memory + (position & BYTES - 1);
        }

        private static int recordBytes(int lengthBytes) {
            return (HEADER_BYTES + lengthBytes + 7) / 8 * 8;
        }
    }
}
