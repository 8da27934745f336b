// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import io.sluice.guest.port.GuestPort;
import io.sluice.guest.port.GuestReceiver;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.function.Direction;
import io.sluice.shared.function.Packet;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.pacing.WaitSet;

/** The other process of {@link HundredMillionTest}: a guest at whom the ring ends, and who looks at every packet. */
final class NumberedReceiver implements Agent {
    private static final int BATCH = 64;

    private final GuestReceiver receiver;
    private final PacketFunction check = this::check;
    private final long packets;
    private long received;
    private long mismatches;
    private long firstMismatch = -1;
    private boolean gone;

    private NumberedReceiver(GuestReceiver receiver, long packets) {
        this.receiver = receiver;
        this.packets = packets;
    }

    /** Arguments: the socket, and how many packets to receive. */
    public static void main(String[] arguments) throws Exception {
        try (GuestPort port = GuestPort.open("ptnet:" + arguments[0])) {
            final NumberedReceiver agent = new NumberedReceiver(port.receiver(), Long.parseLong(arguments[1]));
            try (AgentRunner runner =
                    port.start(() -> agent, WaitMode.ADAPTIVE, AgentRunner.ANY_PROCESSOR, Throwable::printStackTrace)) {
                runner.join();
            }
            System.out.printf(
                    "received=%d mismatches=%d first=%d%n", agent.received, agent.mismatches, agent.firstMismatch);
        }
    }

    @Override
    public String roleName() {
        return "numbered receiver";
    }

    @Override
    public int doWork() {
        final int taken = receiver.poll(check, BATCH);
        gone = taken < 0;
        return Math.max(0, taken);
    }

    private void check(Packet packet, Direction direction) {
        if (!NumberedPackets.matches(packet.address(), packet.length(), packet.timestampNanos(), received, 0)) {
            if (mismatches++ == 0) {
                firstMismatch = received;
            }
        }
        received++;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return receiver.arm(waitSet);
    }

    @Override
    public void disarm() {
        receiver.disarm();
    }

    @Override
    public boolean done() {
        return gone || received == packets;
    }
}
