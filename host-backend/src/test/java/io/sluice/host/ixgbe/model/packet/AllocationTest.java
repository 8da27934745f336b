// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.DescriptorBits.*;
import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.tdt;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.Endpoints;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import io.sluice.host.ixgbe.model.packet.Rig.TransmitSide;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A million packets through one ring that receives and sends, every one hashed and checked, without one object. */
final class AllocationTest {
    private static final int RING = 512;
    private static final int ROUND = 256;
    private static final int LEEWAY_BYTES = 16_384;

    private final Endpoint both = Endpoints.open("gen", "", Map.of("flows", "100", "check", "true"), true, true);
    private final Rig rig =
            new Rig(ModelOptions.of("rig"), new EndpointWire(both, true, System::nanoTime)).promiscuous();
    private final ReceiveSide receive = rig.receive(0, RING, false);
    private final TransmitSide transmit = rig.transmitWithHead(0, RING, receive.ring);
    private final TailRegister receiveTail = rig.tail(rdt(0));
    private final TailRegister transmitTail = rig.tail(tdt(0));
    private long packets;
    private int index;

    /**
     * Gives a round's descriptors, lets the model receive, writes for each frame what sends it into the same descriptor,
     * and lets the model send.
     */
    private void round() {
        receiveTail.write((index + ROUND) % RING);
        int turns = 0;
        while (!receive.done((index + ROUND - 1) % RING)) {
            rig.model.doWork();
            if (turns++ > 1000) {
                throw new AssertionError("nothing is received: packets=" + packets);
            }
        }
        for (int i = 0; i < ROUND; i++) {
            final int at = (index + i) % RING;
            final long length = receive.length(at);
            final long command = COMMAND_END | COMMAND_CHECK_SEQUENCE | (i == ROUND - 1 ? COMMAND_REPORT : 0);
            Memory.longAt(rig.at(transmit.ring + 16L * at + 8), command | length);
        }
        index = (index + ROUND) % RING;
        transmitTail.write(index);
        while (transmit.writtenHead() != index) {
            rig.model.doWork();
            if (turns++ > 1000) {
                throw new AssertionError("nothing is sent: packets=" + packets);
            }
        }
        packets += ROUND;
    }

    @Test
    void shouldAllocateNothing() {
        rig.write(MRQC, MRQC_RSS | MRQC_UDP_IPV4);
        rig.write(RXCSUM, RXCSUM_PCSD);
        final var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        while (packets < 300_000) {
            round();
        }
        threads.getCurrentThreadAllocatedBytes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        while (packets < 1_300_000) {
            round();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(LEEWAY_BYTES);
        assertThat(both.details()).containsEntry("in-order", packets);
        rig.model.close();
    }
}
