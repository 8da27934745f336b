// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;

/** An end of a chain that sends every frame back with its MAC addresses exchanged: one copy, from ring to ring. */
public final class EchoAgent implements Agent {
    private static final int BATCH = 32;
    private static final int MAC_BYTES = 6;
    private static final int ADDRESSES_BYTES = 2 * MAC_BYTES;

    private final GuestReceiver receiver;
    private final GuestSender sender;
    /** Made once: a method reference made for each packet is an object for each packet. */
    private final PacketFunction answer = this::answer;

    private boolean full;
    private boolean done;

    public EchoAgent(GuestReceiver receiver, GuestSender sender) {
        this.receiver = receiver;
        this.sender = sender;
    }

    @Override
    public String roleName() {
        return "echo";
    }

    @Override
    public int doWork() {
        int work = 0;
        while (work < BATCH) {
            full = sender.claim() == 0;
            // Also where nothing can be sent: a retired ring has no room, either.
            final int taken = receiver.poll(answer, full ? 0 : 1);
            done = taken < 0;
            if (taken <= 0) {
                break;
            }
            work++;
        }
        if (work > 0) {
            sender.flush();
        }
        return work;
    }

    private void answer(Packet packet, Direction direction) {
        final long frame = sender.claim();
        final int length = packet.length();
        if (length < ADDRESSES_BYTES || length > sender.capacity()) {
            return;
        }
        final long source = packet.address();
        Memory.copy(source + MAC_BYTES, frame, MAC_BYTES);
        Memory.copy(source, frame + MAC_BYTES, MAC_BYTES);
        Memory.copy(source + ADDRESSES_BYTES, frame + ADDRESSES_BYTES, length - (long) ADDRESSES_BYTES);
        sender.commit(length);
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return full ? sender.arm(waitSet) : receiver.arm(waitSet);
    }

    @Override
    public void disarm() {
        receiver.disarm();
        sender.disarm();
    }

    @Override
    public boolean done() {
        return done;
    }
}
