// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static io.sluice.host.ixgbe.register.TransmitRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.ixgbe.Card;
import io.sluice.host.ixgbe.CardOptions;
import io.sluice.host.ixgbe.model.ModelOptions;
import io.sluice.host.ixgbe.model.packet.Wire;
import io.sluice.host.ixgbe.register.DeviceRegisters;
import io.sluice.host.nic.ServedModel;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.SharedMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drivers that mean no good, and a card whose own thread moves packets meanwhile: rings and registers of noise, memory that
 * is taken back or shortened under way, resets at any moment, and an end in the middle of all that. The card goes on, holds
 * nothing of theirs, and works for the next driver.
 */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class HostileDriverTest {
    private static final int DRIVERS = Boolean.getBoolean("sluice.long") ? 3000 : 150;
    private static final int STEPS = 150;
    private static final int MEMORY_BYTES = 1 << 20;
    private static final int PAGE_BYTES = 4096;
    private static final int COMMAND = 4;
    private static final int MEMORY_AND_MASTER = 6;
    private static final long LINK_NANOS = 10_000_000_000L;
    /** Beginnings of messages: a byte, a header without its data, and one that is too long. */
    private static final byte[][] UNFINISHED = {
        {1}, {0, 0, 9, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {0, 0, 9, 0, 0, 0, 0, 127, 0, 0, 0, 0, 0, 0, 0, 0}
    };

    private static final Logger[] LOGGERS = {
        Logger.getLogger("io.sluice.host.pci.vfiouser"), Logger.getLogger("io.sluice.host.ixgbe.model")
    };

    @TempDir
    Path folder;

    private final long seed = Long.getLong("sluice.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private int bell;
    private int file;
    private long memory;

    /** Frames of any length without end, and an ear that is deaf at times. */
    private static final class Noise implements Wire {
        private final SplittableRandom random;
        private int quiet;

        Noise(long seed) {
            random = new SplittableRandom(seed);
        }

        @Override
        public int receive(long address, int capacityBytes) {
            if (quiet++ % 16 == 0) {
                return PacketSource.NOTHING;
            }
            final int length = random.nextInt(60, random.nextInt(10) == 0 ? 9000 : 1515);
            Memory.longAt(address, random.nextInt(2) == 0 ? -1 : random.nextLong());
            Memory.longAt(address + 8, random.nextLong());
            return length;
        }

        @Override
        public boolean transmit(long address, int lengthBytes) {
            return random.nextInt(4) != 0;
        }

        @Override
        public boolean carrier() {
            return true;
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            waitSet.dueIn(50_000);
            return true;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    @BeforeEach
    void makeMemory() {
        // Somebody disconnected, a card reset: too much to be told of each.
        for (Logger logger : LOGGERS) {
            logger.setLevel(Level.OFF);
        }
        bell = EventFd.create();
        file = PosixException.check(SharedMemory.memfd("hostile", false), "memfd_create");
        PosixException.check(SharedMemory.truncate(file, MEMORY_BYTES), "ftruncate");
        memory = SharedMemory.map(file, 0, MEMORY_BYTES);
    }

    @AfterEach
    void giveBack() {
        SharedMemory.unmap(memory, MEMORY_BYTES);
        Descriptors.close(file);
        Descriptors.close(bell);
        for (Logger logger : LOGGERS) {
            logger.setLevel(null);
        }
    }

    @Test
    void shouldServeTheNextWhateverADriverDoes() throws Exception {
        System.out.println("hostile drivers: seed=" + seed);
        final Path socket = folder.resolve("card.sock");
        try (ServedModel card = new ServedModel(
                ModelOptions.of("model0"),
                new Noise(seed),
                "noise",
                socket,
                RuntimeDirectory.at(folder.resolve("run")))) {
            long left = 0;
            for (int driver = 0; driver < DRIVERS; driver++) {
                try (RawClient client =
                        RawClient.greeted(socket, random.nextBoolean() ? RawClient.QEMU : RawClient.OURS)) {
                    drive(client);
                } catch (DisconnectedException e) {
                    left++; // for one of the things that it has done
                }
                assertThat(card.failure()).as("seed=%d driver=%d", seed, driver).isNull();
            }
            System.out.println("  drivers=" + DRIVERS + " disconnected=" + left + " "
                    + card.card().counters().stream()
                            .filter(counter -> counter.count() != 0)
                            .map(counter -> counter.register() + "=" + counter.count())
                            .toList());
            try (VfioUserDoor door = awaitTurn(socket);
                    Card next = Card.open(door, CardOptions.defaults())) {
                assertThat(next.link().awaitUp(LINK_NANOS)).isTrue();
            }
        }
    }

    private static VfioUserDoor awaitTurn(Path socket) {
        final VfioUserDoor[] door = new VfioUserDoor[1];
        Held.await("the card to be free", () -> {
            try {
                door[0] = VfioUserDoor.connect(socket);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return door[0];
    }

    private void drive(RawClient client) throws DisconnectedException {
        PosixException.check(SharedMemory.truncate(file, MEMORY_BYTES), "ftruncate");
        for (int at = 0; at < MEMORY_BYTES; at += Long.BYTES) {
            Memory.longAt(memory + at, noise());
        }
        map(client, 0, MEMORY_BYTES);
        write(client, Protocol.CONFIG_REGION, COMMAND, 2, MEMORY_AND_MASTER);
        final int steps = random.nextInt(STEPS);
        for (int step = 0; step < steps; step++) {
            step(client);
        }
        if (random.nextInt(4) == 0) {
            client.raw(UNFINISHED[random.nextInt(UNFINISHED.length)]);
        }
    }

    /** A word as it may lie in a ring: an address, a descriptor's flags, or anything. */
    private long noise() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextLong(MEMORY_BYTES);
            // End of packet, check sequence, report status, and a length that is short enough to be sent.
            case 1 -> random.nextLong() & ~0xF800L | 0x0B00_0000L;
            default -> random.nextLong();
        };
    }

    private void step(RawClient client) throws DisconnectedException {
        switch (random.nextInt(32)) {
            case 0, 1 ->
                PosixException.check(
                        SharedMemory.truncate(file, random.nextInt(MEMORY_BYTES) & -PAGE_BYTES), "ftruncate");
            case 2 -> PosixException.check(SharedMemory.truncate(file, MEMORY_BYTES), "ftruncate");
            case 3 -> unmap(client, 0, MEMORY_BYTES);
            case 4 -> map(client, 0, MEMORY_BYTES);
            case 5 -> map(client, random.nextLong(), random.nextInt());
            case 6 -> {
                client.data();
                client.call(Protocol.DEVICE_RESET);
            }
            case 7 -> interrupts(client);
            case 8 -> write(client, Protocol.CONFIG_REGION, random.nextInt(0x200) & ~3, 4, random.nextInt());
            case 9 -> write(client, Protocol.CONFIG_REGION, COMMAND, 2, MEMORY_AND_MASTER);
            case 10 -> write(client, 4, random.nextInt(0x1000) & ~3, 4, random.nextInt());
            case 11, 12, 13, 14 -> write(client, 0, random.nextInt(0x1_0000) & ~3, 4, random.nextInt());
            case 15 -> write(client, 0, random.nextInt(), random.nextInt(9), random.nextLong());
            case 16, 17, 18 -> read(client);
            case 19, 20, 21, 22, 23, 24 -> receive(client, random.nextInt(RX_QUEUES));
            default -> transmit(client, random.nextInt(TX_QUEUES));
        }
    }

    private void receive(RawClient client, int queue) throws DisconnectedException {
        register(client, rdbal(queue), address());
        register(client, rdlen(queue), length());
        register(client, srrctl(queue), random.nextInt(8) == 0 ? random.nextInt() : 2 | random.nextInt(2) << 25);
        register(client, HLREG0, random.nextInt());
        register(client, FCTRL, random.nextInt());
        register(client, SECRXCTRL, 0);
        register(client, RXCTRL, RXCTRL_ENABLE);
        register(client, rxdctl(queue), RXDCTL_ENABLE | random.nextInt() & RXDCTL_VLAN_STRIP);
        register(client, rdt(queue), random.nextInt(512));
    }

    private void transmit(RawClient client, int queue) throws DisconnectedException {
        register(client, tdbal(queue), address());
        register(client, tdlen(queue), length());
        register(client, tdwbal(queue), random.nextBoolean() ? address() | TDWBAL_HEAD_WRITE_BACK : 0);
        register(client, DMATXCTL, random.nextInt() | DMATXCTL_ENABLE);
        register(client, txdctl(queue), TXDCTL_ENABLE | random.nextInt(4) << TXDCTL_WTHRESH_SHIFT);
        register(client, tdt(queue), random.nextInt(512));
    }

    private int address() {
        return random.nextInt(16) == 0 ? random.nextInt() : random.nextInt(MEMORY_BYTES) & -128;
    }

    private int length() {
        return random.nextInt(16) == 0 ? random.nextInt() : random.nextInt(1, 64) * 128;
    }

    private void interrupts(RawClient client) throws DisconnectedException {
        final int first = random.nextInt(70);
        final boolean assign = random.nextBoolean();
        final ByteBuffer data = client.data();
        data.putInt(Protocol.SET_IRQS_BYTES)
                .putInt(assign ? Protocol.DATA_EVENTFD | Protocol.ACTION_TRIGGER : random.nextInt(64))
                .putInt(random.nextInt(4))
                .putInt(first)
                .putInt(1);
        if (assign) {
            client.call(Protocol.DEVICE_SET_IRQS, bell);
        } else {
            client.call(Protocol.DEVICE_SET_IRQS);
        }
    }

    private void map(RawClient client, long address, long bytes) throws DisconnectedException {
        client.data()
                .putInt(Protocol.DMA_MAP_BYTES)
                .putInt(Protocol.DMA_READABLE | Protocol.DMA_WRITABLE)
                .putLong(0)
                .putLong(address)
                .putLong(bytes);
        client.call(Protocol.DMA_MAP, file);
    }

    private void unmap(RawClient client, long address, long bytes) throws DisconnectedException {
        client.data()
                .putInt(Protocol.DMA_UNMAP_BYTES)
                .putInt(0)
                .putLong(address)
                .putLong(bytes);
        client.call(Protocol.DMA_UNMAP);
    }

    private void read(RawClient client) throws DisconnectedException {
        final int at = random.nextInt(DeviceRegisters.BAR_BYTES) & ~3;
        client.data().putLong(at).putInt(0).putInt(Integer.BYTES);
        client.call(Protocol.REGION_READ);
    }

    private void register(RawClient client, int offset, int value) throws DisconnectedException {
        write(client, 0, offset, Integer.BYTES, value);
    }

    private static void write(RawClient client, int region, long offset, int bytes, long value)
            throws DisconnectedException {
        final ByteBuffer data = client.data().putLong(offset).putInt(region).putInt(bytes);
        for (int i = 0; i < bytes; i++) {
            data.put((byte) (value >>> 8 * (i & 7)));
        }
        client.call(Protocol.REGION_WRITE);
    }
}
