// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.vfiouser.VfioUserDoor;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A program that has a card at a socket in its hands and means no good: it enables the card, writes noise to registers and
 * into rings, lets the card work on that, and leaves as it is.
 */
final class HostileDriver {
    private static final int WRITES = 500;
    private static final int MEMORY_BYTES = 2 << 20;
    private static final int COMMAND = 4;
    private static final int MEMORY_AND_MASTER = 6;

    private HostileDriver() {}

    /** Visits the card at {@code socket} once; what it does is by {@code seed}. */
    static void visit(Path socket, long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        try (SharedRegion memory = SharedRegion.create("hostile", MEMORY_BYTES);
                VfioUserDoor door = VfioUserDoor.connect(socket);
                DmaMapping mapping = door.map(memory)) {
            for (long at = 0; at < MEMORY_BYTES; at += Long.BYTES) {
                final long address = mapping.deviceAddress() + random.nextLong(MEMORY_BYTES);
                Memory.longAt(memory.address() + at, random.nextBoolean() ? address : random.nextLong());
            }
            door.writeConfig(COMMAND, Short.BYTES, MEMORY_AND_MASTER);
            for (int write = 0; write < WRITES; write++) {
                door.write32(random.nextInt(DeviceRegisters.BAR_BYTES) & ~3, random.nextInt());
                final int queue = random.nextInt(ReceiveRegisters.RX_QUEUES);
                final long ring = mapping.deviceAddress() + (random.nextInt(MEMORY_BYTES) & -128);
                door.write32(TransmitRegisters.tdbal(queue), (int) ring);
                door.write32(TransmitRegisters.tdbah(queue), (int) (ring >>> 32));
                door.write32(TransmitRegisters.tdlen(queue), random.nextInt(64) << 7);
                door.write32(TransmitRegisters.DMATXCTL, TransmitRegisters.DMATXCTL_ENABLE);
                door.write32(TransmitRegisters.txdctl(queue), TransmitRegisters.TXDCTL_ENABLE);
                door.tail(TransmitRegisters.tdt(queue)).write(random.nextInt());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // And one that says nothing that could be understood.
        final int connection = UnixSocket.connect(socket.toString());
        if (connection >= 0) {
            Descriptors.close(connection);
        }
    }
}
