// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.guest.port.GuestPort;
import io.sluice.guest.port.GuestReceiver;
import io.sluice.guest.port.GuestSender;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.pacing.WaitSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** What stands where a hostile guest will: the guest library, which sleeps and wakes and kicks as it likes. */
final class HonestGuest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private HonestGuest() {}

    /** Lets {@code count} packets pass through the guest at {@code socket}, and leaves. */
    static void run(Path socket, LieShape shape, int count) throws IOException {
        final AtomicLong packets = new AtomicLong();
        try (GuestPort port = GuestPort.open("ptnet:" + socket);
                AgentRunner runner = start(port, shape, packets)) {
            Await.until(
                    count + " packets",
                    LIMIT,
                    () -> packets.get() >= count,
                    () -> "packets=" + packets + " alive=" + runner.alive() + " retired=" + port.retired());
        }
    }

    private static AgentRunner start(GuestPort port, LieShape shape, AtomicLong packets) {
        return switch (shape) {
            case FIRST -> start(port, () -> new Sending(port.sender(), packets));
            case LAST -> start(port, () -> new Receiving(port.receiver(), packets));
            default ->
                port.start(
                        (packet, direction) -> packets.incrementAndGet(),
                        WaitMode.ADAPTIVE,
                        AgentRunner.ANY_PROCESSOR,
                        Throwable::printStackTrace);
        };
    }

    private static AgentRunner start(GuestPort port, Supplier<Agent> program) {
        return port.start(program, WaitMode.ADAPTIVE, AgentRunner.ANY_PROCESSOR, Throwable::printStackTrace);
    }

    private record Receiving(GuestReceiver receiver, AtomicLong packets) implements Agent {
        @Override
        public String roleName() {
            return "receiving";
        }

        @Override
        public int doWork() {
            return Math.max(0, receiver.poll((packet, direction) -> packets.incrementAndGet(), 32));
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            return receiver.arm(waitSet);
        }

        @Override
        public void disarm() {
            receiver.disarm();
        }
    }

    private record Sending(GuestSender sender, AtomicLong packets) implements Agent {
        @Override
        public String roleName() {
            return "sending";
        }

        @Override
        public int doWork() {
            int work = 0;
            long frame = sender.claim();
            while (frame != 0 && work < 8) {
                Memory.zero(frame, 60);
                sender.commit(60);
                packets.incrementAndGet();
                work++;
                frame = sender.claim();
            }
            sender.flush();
            return work;
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            return sender.arm(waitSet);
        }

        @Override
        public void disarm() {
            sender.disarm();
        }
    }
}
