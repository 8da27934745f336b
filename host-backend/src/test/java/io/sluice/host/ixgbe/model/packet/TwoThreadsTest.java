// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.HLREG0_LOOPBACK;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.rdt;
import static io.sluice.host.ixgbe.register.TransmitRegisters.tdt;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model in a thread of its own and a driver in another: who sees a status sees the packet that it is of. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class TwoThreadsTest {
    private static final int PACKETS = 100_000;
    private static final int RING = 64;
    private static final int BYTES = 256;

    private final Rig rig = new Rig(ModelOptions.of("rig")).promiscuous();
    private final ReceiveSide receive = rig.receive(0, RING, true);
    private final TransmitSide transmit = rig.transmitWithHead(0, RING);
    private final TailRegister receiveTail = rig.tail(rdt(0));
    private final TailRegister transmitTail = rig.tail(tdt(0));
    private final long frame = rig.allocate(RING * BYTES);

    /** What is sent comes back (HLREG0.LPBK); each frame has its number at both ends. */
    @Test
    void shouldOrderDataBeforeStatus() throws InterruptedException {
        rig.set(HLREG0, HLREG0_LOOPBACK);
        final var ended = new AtomicBoolean();
        final var failure = new AtomicReference<Throwable>();
        final Thread model = new Thread(() -> {
            while (!ended.get()) {
                if (rig.model.doWork() == 0) {
                    Thread.yield();
                }
            }
        });
        model.setUncaughtExceptionHandler((_, e) -> failure.set(e));
        model.start();
        receiveTail.write(RING - 1);
        try {
            int sent = 0;
            int received = 0;
            while (received < PACKETS && failure.get() == null) {
                if (sent < PACKETS && sent - received < RING / 2) {
                    send(sent++);
                } else if (receive.doneAcquire(received % RING)) {
                    check(received++);
                } else {
                    Thread.onSpinWait();
                }
            }
        } finally {
            ended.set(true);
            model.join();
        }
        assertThat(failure.get()).isNull();
        assertThat(rig.engine.misuses().met()).isEmpty();
    }

    private void send(int number) {
        final int at = number % RING;
        final long buffer = frame + (long) at * BYTES;
        Memory.longAt(rig.at(buffer), 0x0200_0000_0002L);
        Memory.longAt(rig.at(buffer + 8), number);
        Memory.longAt(rig.at(buffer + BYTES - 8), ~number);
        Memory.longAt(rig.at(transmit.ring + 16L * at), buffer);
        Memory.longAt(
                rig.at(transmit.ring + 16L * at + 8), COMMAND_END | COMMAND_CHECK_SEQUENCE | COMMAND_REPORT | BYTES);
        transmitTail.write((at + 1) % RING);
    }

    private void check(int number) {
        final int at = number % RING;
        final long buffer = rig.at(receive.bufferAddress(at));
        if (Memory.longAt(buffer + 8) != number || Memory.longAt(buffer + BYTES - 8) != ~number) {
            throw new AssertionError("another packet than number=" + number);
        }
        receive.arm(at);
        receiveTail.write(at);
    }
}
