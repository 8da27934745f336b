// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.InProcessDoor;
import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.TailRegister;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both ends against each other. */
final class VfioUserDoorTest extends ServedCard {
    @Test
    void shouldReadAndWriteAsIfTheCardWereHere() throws IOException {
        try (PciDevice device = VfioUserDoor.connect(socket)) {
            final PciConfig config = new PciConfig(device);
            assertThat(device.name()).isEqualTo(socket.toString());
            assertThat(config.vendorId()).isEqualTo(0x1AF4);
            assertThat(config.deviceId()).isEqualTo(1);
            assertThat(config.classCode()).isEqualTo(0x020000);
            assertThat(config.bar(0)).isEqualTo(new PciConfig.Bar(0, CopyingCard.BAR_BYTES, true, true, false, 0));
            assertThat(device.barBytes(2)).isEqualTo(2 * PAGE_BYTES);
            assertThat(device.barBytes(1)).isZero();
            assertThat(device.vectors()).isEqualTo(CopyingCard.VECTORS);

            config.setCommand(PciConfig.COMMAND_BUS_MASTER);
            assertThat(config.commandHas(PciConfig.COMMAND_BUS_MASTER)).isTrue();
            assertThat(device.read32(0)).isEqualTo(CopyingCard.IDENTITY);
            device.write32(CopyingCard.SCRATCH, 0x8000_0001);
            assertThat(device.read32(CopyingCard.SCRATCH)).isEqualTo(0x8000_0001);
            assertThat(card.takeWrites()).containsExactly("config 4/2=4", "0:4/4=80000001");
        }
    }

    @Test
    void shouldReadAllOnesBesideTheBar() throws IOException {
        try (PciDevice device = VfioUserDoor.connect(socket)) {
            assertThat(device.read32(CopyingCard.BAR_BYTES)).isEqualTo(PciDevice.GONE);
            device.write32(CopyingCard.BAR_BYTES, 1);
            assertThat(device.read32(0)).as("and be there still").isEqualTo(CopyingCard.IDENTITY);
            assertThat(server.refusedCommands()).isEqualTo(2);
            assertThat(card.takeWrites()).isEmpty();
        }
    }

    @Test
    void shouldStoreToMappedPagesWithoutACall() throws IOException {
        try (PciDevice device = VfioUserDoor.connect(socket)) {
            final TailRegister first = device.tail(CopyingCard.FIRST_TAIL);
            final TailRegister second = device.tail(CopyingCard.SECOND_TAIL);
            assertThat(first.mapped()).isTrue();
            assertThat(second.mapped()).isTrue();
            assertThat(device.tail(0x2000).mapped()).isFalse();
            assertThat(device.tail(0x1FFC).mapped()).isTrue();
            first.write(0x1234);
            second.write(0x5678);

            assertThat(card.tail(CopyingCard.FIRST_TAIL)).isEqualTo(0x1234);
            assertThat(card.tail(CopyingCard.SECOND_TAIL)).isEqualTo(0x5678);
            assertThat(device.read32(CopyingCard.FIRST_TAIL)).isEqualTo(0x1234);
            assertThat(card.takeWrites()).isEmpty();

            device.tail(CopyingCard.SCRATCH).write(7);
            assertThat(card.takeWrites()).containsExactly("0:4/4=7");
        }
    }

    @Test
    void shouldCopyByDmaAndInterrupt() throws IOException {
        final int bell = EventFd.create();
        try (SharedRegion memory = SharedRegion.create("driver", 4 * PAGE_BYTES);
                PciDevice device = VfioUserDoor.connect(socket)) {
            final DmaMapping mapping = device.map(memory);
            device.interrupt(33, bell);
            assertThat(card.mappedRanges()).isEqualTo(1);
            assertThat(card.targets()).isEqualTo(1);
            Memory.longAt(memory.address() + 8, 0x0123_4567_89AB_CDEFL);

            copy(device, mapping.deviceAddress() + 8, mapping.deviceAddress() + PAGE_BYTES, 8, 33);
            assertThat(Memory.longAt(memory.address() + PAGE_BYTES)).isEqualTo(0x0123_4567_89AB_CDEFL);
            assertThat(EventFd.drain(bell)).isEqualTo(1);
            assertThat(device.read32(CopyingCard.COPIES)).isEqualTo(1);
            assertThat(device.read32(CopyingCard.COPIES)).isZero();

            device.interrupt(33, -1);
            copy(device, mapping.deviceAddress() + 8, mapping.deviceAddress() + 4 * PAGE_BYTES - 4, 8, 33);
            assertThat(EventFd.drain(bell)).isZero();
            assertThat(card.violations()).isEqualTo(1);
            assertThat(card.targets()).isZero();

            mapping.close();
            mapping.close();
            assertThat(card.mappedRanges()).isZero();
        } finally {
            Descriptors.close(bell);
        }
    }

    private static void copy(PciDevice device, long from, long to, int bytes, int vector) {
        device.write32(CopyingCard.FROM, (int) from);
        device.write32(CopyingCard.FROM + 4, (int) (from >>> 32));
        device.write32(CopyingCard.TO, (int) to);
        device.write32(CopyingCard.TO + 4, (int) (to >>> 32));
        device.write32(CopyingCard.BYTES, bytes);
        device.write32(CopyingCard.GO, vector);
    }

    @Test
    void shouldWriteTheSameThroughEitherDoor() throws IOException {
        final CopyingCard other = new CopyingCard(true);
        final List<String> remote;
        try (SharedRegion first = SharedRegion.create("first", 3 * PAGE_BYTES);
                SharedRegion second = SharedRegion.create("second", PAGE_BYTES)) {
            try (PciDevice device = VfioUserDoor.connect(socket)) {
                drive(device, first, second);
                remote = card.takeWrites();
            }
            try (PciDevice device = new InProcessDoor(other)) {
                drive(device, first, second);
            }
            assertThat(remote).isNotEmpty().isEqualTo(other.takeWrites());
        } finally {
            other.close();
        }
    }

    private static void drive(PciDevice device, SharedRegion first, SharedRegion second) throws IOException {
        new PciConfig(device).setCommand(PciConfig.COMMAND_BUS_MASTER | PciConfig.COMMAND_MEMORY);
        final DmaMapping from = device.map(first);
        final DmaMapping to = device.map(second);
        copy(device, from.deviceAddress() + 64, to.deviceAddress(), 64, 0);
        device.tail(CopyingCard.FIRST_TAIL).write(1);
    }

    @Test
    void shouldResetTheFunctionAndKeepItsMemory() throws IOException {
        try (SharedRegion memory = SharedRegion.create("driver", PAGE_BYTES);
                PciDevice device = VfioUserDoor.connect(socket)) {
            device.map(memory);
            device.write32(CopyingCard.SCRATCH, 5);
            device.reset();

            assertThat(card.resets()).isEqualTo(1);
            assertThat(device.read32(CopyingCard.SCRATCH)).isZero();
            assertThat(card.mappedRanges()).isEqualTo(1);
        }
    }

    @Test
    void shouldWaitNoLongerThanItSaysForAServerThatTakesNobody() {
        final Path deaf = folder.resolve("deaf.sock");
        final int listener = UnixSocket.listen(deaf.toString(), 0);
        final int first = UnixSocket.connect(deaf.toString());
        try {
            assertThat(first).isPositive();
            assertThatThrownBy(() -> VfioUserDoor.connect(deaf, 50_000_000))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("takes no connection within 50 ms: it hangs; restart it");
        } finally {
            Descriptors.close(first);
            Descriptors.close(listener);
        }
    }

    @Test
    void shouldServeOneDriverAtATimeAndTheNextAfterIt() throws IOException {
        for (int turn = 0; turn < 3; turn++) {
            final int resets = card.resets();
            try (SharedRegion memory = SharedRegion.create("driver", PAGE_BYTES);
                    PciDevice device = VfioUserDoor.connect(socket)) {
                assertThat(server.connected()).isTrue();
                device.map(memory);
                assertThatThrownBy(() -> VfioUserDoor.connect(socket))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(socket.toString())
                        .hasMessageContaining("one client at a time");
                assertThat(device.read32(0)).isEqualTo(CopyingCard.IDENTITY);
            }
            Held.await("the server is free", () -> !server.connected());
            assertThat(card.mappedRanges()).isZero();
            assertThat(card.resets()).as("by the door and behind it").isEqualTo(resets + 2);
        }
        assertThat(server.turnedAway()).isEqualTo(3);
        Held.await("all have left", () -> server.disconnects(Disconnect.LEFT) == 3);
    }

    @Test
    void shouldReadAllOnesOnceItsServerIsLost() throws IOException {
        final int bell = EventFd.create();
        try (SharedRegion memory = SharedRegion.create("driver", PAGE_BYTES);
                PciDevice device = VfioUserDoor.connect(socket)) {
            final DmaMapping mapping = device.map(memory);
            final TailRegister tail = device.tail(CopyingCard.FIRST_TAIL);
            device.interrupt(0, bell);
            server.close();

            assertThat(device.read32(0)).isEqualTo(PciDevice.GONE);
            assertThat(device.readConfig(0, 2)).isEqualTo(0xFFFF);
            assertThat(device.readConfig(0, 1)).isEqualTo(0xFF);
            assertThat(device.readConfig(0, 4)).isEqualTo(-1);
            device.write32(CopyingCard.SCRATCH, 1);
            device.writeConfig(4, 2, 0);
            tail.write(9);
            assertThat(device.barBytes(0)).isEqualTo(CopyingCard.BAR_BYTES);
            assertThatThrownBy(device::reset).isInstanceOf(IOException.class).hasMessageContaining("lost");
            assertThatThrownBy(() -> device.interrupt(0, -1)).hasMessageContaining("open it again");
            assertThatThrownBy(() -> device.map(memory)).hasMessageContaining("lost");
            mapping.close();
        } finally {
            Descriptors.close(bell);
        }
        assertThat(card.mappedRanges()).isZero();
        assertThat(card.targets()).isZero();
        assertThat(server.disconnects(Disconnect.CLOSED)).isEqualTo(1);
    }

    @Test
    void shouldBeLostWhereTheFunctionFails() throws IOException {
        try (PciDevice device = VfioUserDoor.connect(socket)) {
            card.broken(true);
            assertThat(device.read32(0)).isEqualTo(PciDevice.GONE);
            card.broken(false);
            assertThat(device.read32(0)).as("until it is opened again").isEqualTo(PciDevice.GONE);
        }
        Held.await("the failure is counted", () -> server.disconnects(Disconnect.FAILED) == 1);
        try (PciDevice device = VfioUserDoor.connect(socket)) {
            assertThat(device.read32(0)).isEqualTo(CopyingCard.IDENTITY);
        }
    }

    @Test
    void shouldMapNothingWhereEveryAccessIsToBeSeen() throws IOException {
        server.close();
        final CopyingCard seen = new CopyingCard(false);
        try (VfioUserServer another = new VfioUserServer(socket, seen);
                PciDevice device = VfioUserDoor.connect(another.path())) {
            final TailRegister tail = device.tail(CopyingCard.FIRST_TAIL);
            assertThat(tail.mapped()).isFalse();
            tail.write(3);
            assertThat(seen.takeWrites()).containsExactly("0:1000/4=3");
        } finally {
            seen.close();
        }
    }

    @Test
    void shouldKeepItsSocketToItsOwnerAndNotTakeOthers() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> new VfioUserServer(socket, card))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("somebody serves");
        server.close();
        Descriptors.close(PosixException.check(UnixSocket.listen(socket.toString(), 1), "a dead process's socket"));
        try (VfioUserServer again = new VfioUserServer(socket, card)) {
            assertThat(again.path()).exists();
        }
        final Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> new VfioUserServer(file, card)).hasMessageContaining("no socket");
        assertThat(file).exists();
        assertThatThrownBy(() -> VfioUserDoor.connect(folder.resolve("none.sock")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("start the vfio-user server");
    }

    @Test
    void shouldGiveUpAServerThatDoesNotAnswer() throws IOException {
        final Path deaf = folder.resolve("deaf.sock");
        final int listener = PosixException.check(UnixSocket.listen(deaf.toString(), 1), "listen");
        try {
            assertThatThrownBy(() -> VfioUserDoor.connect(deaf, 50_000_000))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("did not finish a message in time");
        } finally {
            Descriptors.close(listener);
        }
    }
}
