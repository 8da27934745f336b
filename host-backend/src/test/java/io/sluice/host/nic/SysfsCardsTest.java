// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsCardsTest {
    private static final String ADDRESS = "0000:03:00.0";

    private final List<BindNote> notes = new ArrayList<>();

    @TempDir
    private Path sysfs;

    private List<Nic> find(Path root) throws IOException {
        return new SysfsCards(root, notes).find();
    }

    private Nic only() throws IOException {
        final List<Nic> found = find(sysfs);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @Test
    void shouldShowACardThatTheKernelHas() throws IOException {
        final Path device = TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x10FB, "ixgbe", "12");
        TestCards.addInterface(
                device,
                "eth2",
                Map.of("address", "a0:36:9f:00:00:01", "operstate", "up", "speed", "10000", "carrier_changes", "3"));

        final Nic nic = only();

        assertThat(nic.name()).isEqualTo(ADDRESS);
        assertThat(nic.card().identity().kind()).isEqualTo("82599ES SFP+");
        assertThat(nic.card().identity().mac()).isEqualTo("a0:36:9f:00:00:01");
        assertThat(nic.card().identity().ids()).isEqualTo(new NicCard.PciIds(0x8086, 0x10FB, 0x8086, 3, 1));
        assertThat(nic.card().link()).isEqualTo(new NicCard.Link("up", 10_000, "", 3));
        assertThat(nic.card().traffic())
                .usingRecursiveComparison()
                .ignoringFields("atNanos")
                .isEqualTo(new NicCard.Traffic(0, 12, 1200, 34, 3400, 0));
        final PciSlot slot = nic.slot().orElseThrow();
        assertThat(slot.driver()).isEqualTo("ixgbe");
        assertThat(slot.iommuGroup()).isEqualTo("12");
        assertThat(slot.groupMembers()).isEmpty();
        assertThat(slot.numaNode()).isEqualTo(1);
        assertThat(slot.pcieLink()).isEqualTo("5.0 GT/s PCIe x8");
        assertThat(slot.interfaces()).containsExactly("eth2");
        assertThat(slot.missing())
                .singleElement()
                .satisfies(missing -> assertThat(missing.what()).contains("vfio-pci", "ixgbe has it, as eth2"));
        assertThat(slot.commands()).singleElement().asString().endsWith("nic bind " + ADDRESS);
    }

    @Test
    void shouldSayWhatIsMissingOnAMachineWithoutIommu() throws IOException {
        final Path device = TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x1528, "ixgbe", "");

        final PciSlot slot = only().slot().orElseThrow();
        assertThat(slot.missing())
                .singleElement()
                .satisfies(missing ->
                        assertThat(missing.what()).contains("an IOMMU", "sluice doctor", "overwrite any memory"));
        assertThat(slot.commands()).singleElement().asString().endsWith(ADDRESS + " --driver uio_pci_generic");
        assertThat(only().card().identity().door()).isEqualTo("the kernel's driver ixgbe has it");

        Files.delete(device.resolve("driver"));
        assertThat(only().slot().orElseThrow().missing()).isEmpty();
        assertThat(only().card().identity().door()).isEqualTo("no driver has it");
        assertThat(only().card().counters()).isEmpty();
    }

    @Test
    void shouldNameTheOthersOfItsGroup() throws IOException {
        TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x1563, "vfio-pci", "7");
        final Path other = TestCards.addDevice(sysfs, "0000:04:00.0", 0x1AF4, 0x1000, "virtio-pci", "7");
        TestCards.addInterface(other, "eth1", Map.of());

        final PciSlot slot = only().slot().orElseThrow();

        assertThat(slot.groupMembers()).containsExactly("0000:04:00.0");
        assertThat(slot.missing()).singleElement().satisfies(missing -> {
            assertThat(missing.what()).contains("IOMMU group 7", "0000:04:00.0 (virtio-pci, eth1)");
            assertThat(missing.command()).endsWith("nic bind " + ADDRESS + " --with-group");
        });
    }

    @Test
    void shouldFindNothingMissingWhereTheOthersOfItsGroupAreNotInTheWay() throws IOException {
        TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x1563, "vfio-pci", "7");
        TestCards.addDevice(sysfs, "0000:04:00.0", 0x1AF4, 0x1000, "", "7");
        TestCards.addDevice(sysfs, "0000:04:00.1", 0x1AF4, 0x1000, "vfio-pci", "7");
        final Path bridge = TestCards.addDevice(sysfs, "0000:00:1c.0", 0x8086, 0x2448, "some-bridge", "7");
        TestCards.write(bridge, Map.of("class", "0x060400"));

        final PciSlot slot = only().slot().orElseThrow();

        assertThat(slot.groupMembers()).hasSize(3);
        assertThat(slot.missing()).isEmpty();
        assertThat(only().card().identity().door()).isEqualTo("vfio-pci, for programs");
    }

    @Test
    void shouldAskForAnotherDriverWhereAnIommuTranslates() throws IOException {
        final Path device = TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x1563, "uio_pci_generic", "7");

        assertThat(only().slot().orElseThrow().commands())
                .singleElement()
                .asString()
                .endsWith("nic bind " + ADDRESS);

        TestCards.write(device.resolve("iommu_group"), Map.of("type", "identity"));
        assertThat(only().slot().orElseThrow().missing()).isEmpty();
    }

    @Test
    void shouldSayWhoHadACardBefore() throws IOException {
        TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x10FB, "vfio-pci", "7");
        notes.add(new BindNote(ADDRESS, "vfio-pci", "ixgbe", List.of("eth2"), List.of()));

        assertThat(only().card().notes())
                .singleElement()
                .asString()
                .contains("ixgbe had it before, as eth2", "nic unbind");
    }

    @Test
    void shouldSayWhatALinkWaitsFor() throws IOException {
        final Path device = TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x10FB, "ixgbe", "1");
        // An interface that is down has no carrier to read.
        TestCards.addInterface(device, "eth2", Map.of("address", "a0:36:9f:00:00:01", "operstate", "down"));
        assertThat(only().card().link().waitingFor()).contains("ip link set eth2 up");

        TestCards.addInterface(device, "eth2", Map.of("operstate", "down", "carrier", "0"));
        assertThat(only().card().link().waitingFor()).contains("a cable");
    }

    @Test
    void shouldLeaveOutEverythingElse() throws IOException {
        TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x1533, "igb", "");
        TestCards.addDevice(sysfs, "0000:05:00.0", 0x1AF4, 0x10FB, "", "");

        assertThat(find(sysfs)).isEmpty();
        assertThat(find(sysfs.resolve("none"))).isEmpty();
    }
}
