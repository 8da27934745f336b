// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.uio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.PciConfig;
import io.sluice.shared.memory.PageMap;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SysfsDoorTest {
    private static final int PAGE_BYTES = 2 << 20;
    private static final Path RESERVED = Path.of("/proc/sys/vm/nr_hugepages");

    @TempDir
    private Path root;

    private MadeUpSlot slot;

    @BeforeEach
    void makeSlot() throws IOException {
        slot = new MadeUpSlot(root);
    }

    private SysfsDoor open() throws IOException {
        return SysfsDoor.open(slot.folder(), KeptDescriptors::none);
    }

    @Test
    void shouldReachConfigurationSpaceAndRegisters() throws IOException {
        try (SysfsDoor door = open()) {
            assertThat(door.name()).isEqualTo(MadeUpSlot.SLOT);
            assertThat(door.readConfig(0, 2)).isEqualTo(0x8086);
            assertThat(door.readConfig(0, 4)).isEqualTo(0x10FB_8086);
            assertThat(door.readConfig(9, 1)).isZero();
            assertThat(door.readConfig(0xB, 1)).isEqualTo(2);
            assertThat(door.readConfig(8192, 4)).isEqualTo(-1);
            assertThat(door.readConfig(8192, 2)).isEqualTo(0xFFFF);
            new PciConfig(door).setCommand(PciConfig.COMMAND_BUS_MASTER);
            assertThat(slot.busMaster()).isTrue();
            assertThat(door.barBytes(0)).isEqualTo(MadeUpSlot.BAR_BYTES);
            assertThat(door.barBytes(1)).isZero();
            assertThat(door.barBytes(5)).isZero();
            door.write32(0x1018, 0x1234_5678);
            door.tail(0x6018).write(77);
            assertThat(door.tail(0x6018).mapped()).isTrue();
            assertThat(door.read32(0x1018)).isEqualTo(0x1234_5678);
            assertThat(slot.register(0x1018)).isEqualTo(0x1234_5678);
            assertThat(slot.register(0x6018)).isEqualTo(77);
            assertThat(door.vectors()).isZero();
            assertThatThrownBy(() -> door.interrupt(0, -1)).hasMessageContaining("bind it to vfio-pci");
        }
        assertThat(slot.busMaster()).isFalse();
        assertThat(slot.read("enable")).isEqualTo("1");
        assertThat(slot.read("reset")).isEqualTo("1");
    }

    @Test
    void shouldStopACardThatWasRunning() throws IOException {
        slot.putOnBus();
        try (SysfsDoor door = open()) {
            assertThat(slot.busMaster()).isFalse();
            assertThat(slot.read("reset")).isEqualTo("1");
            slot.putOnBus();
            slot.write("reset", "");
            door.reset();
            assertThat(slot.busMaster()).isFalse();
            assertThat(slot.read("reset")).isEqualTo("1");
        }
    }

    @Test
    void shouldDoWithoutAResetAtItsEnd() throws IOException {
        slot.remove("reset");
        try (SysfsDoor door = open()) {
            slot.putOnBus();
            assertThatThrownBy(door::reset).hasMessageContaining("cannot be reset by the kernel");
        }
        assertThat(slot.busMaster()).isFalse();
    }

    @Test
    void shouldRefuseWhatOthersHave() throws IOException {
        assertThatThrownBy(() -> SysfsDoor.open(SlotFolder.of(root, "04:00.1"), KeptDescriptors::none))
                .hasMessageContaining("slot 0000:04:00.1 has no PCI device")
                .hasMessageContaining("sluice nic list");
        slot.write("class", "0x060400\n");
        assertThatThrownBy(this::open).hasMessageContaining("0000:03:00.0 is no network card");
        slot.write("class", "0x020000\n");
        slot.driver("ixgbe");
        assertThatThrownBy(this::open)
                .hasMessageContaining("the kernel's driver ixgbe has 0000:03:00.0")
                .hasMessageContaining("sluice nic bind 0000:03:00.0");
        assertThat(slot.read("enable")).isEqualTo("0");
    }

    @Test
    void shouldRefuseAnIommuThatTranslates() throws IOException {
        slot.iommuGroup("12", "DMA-FQ");
        assertThatThrownBy(this::open)
                .hasMessageContaining("group 12")
                .hasMessageContaining("sluice nic bind 0000:03:00.0 --driver vfio-pci");
    }

    @Test
    void shouldTakeAnIommuThatTranslatesNothing() throws IOException {
        slot.iommuGroup("12", "identity");
        slot.driver(SlotFolder.GENERIC);
        open().close();
        // Its driver has enabled it.
        assertThat(slot.read("enable")).isEqualTo("0");
    }

    @Test
    @Timeout(60)
    void shouldWaitUntilTheCardIsFree() throws Exception {
        final int other = OpenFile.open(slot.config().toString(), OpenFile.READ_WRITE);
        assertThat(OpenFile.lockExclusive(other)).isZero();
        slot.putOnBus();
        final FutureTask<SysfsDoor> opening = new FutureTask<>(this::open);
        final Thread opener = Thread.ofPlatform().daemon().start(opening);
        while (opener.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(opening.isDone()).isFalse();
        assertThat(slot.busMaster()).as("the other one's still").isTrue();
        Descriptors.close(other);
        opening.get().close();
    }

    @Test
    void shouldRefuseOrdinaryPages() throws IOException {
        try (SysfsDoor door = open();
                SharedRegion memory = SharedRegion.create("ordinary", 4096)) {
            assertThatThrownBy(() -> door.map(memory))
                    .hasMessageContaining("bytes=4096 in ordinary pages")
                    .hasMessageContaining("sysctl vm.nr_hugepages=");
        }
    }

    @Test
    void shouldMapAHugePageByItsPhysicalAddress() throws IOException {
        assumeTrue(Files.isWritable(RESERVED), "only root reserves huge pages");
        final String before = Files.readString(RESERVED).strip();
        Files.writeString(RESERVED, Integer.toString(Integer.parseInt(before) + 1));
        try (SysfsDoor door = open();
                SharedRegion memory = SharedRegion.create("huge", PAGE_BYTES, door.backing())) {
            final DmaMapping mapping = door.map(memory);
            assertThat(mapping.deviceAddress())
                    .isEqualTo(PageMap.physicalAddresses(memory.address(), PAGE_BYTES, PAGE_BYTES)[0]);
            mapping.close();
            mapping.close();
        } finally {
            Files.writeString(RESERVED, before);
        }
    }
}
