// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsCardsTest {
    private static final String ADDRESS = "0000:03:00.0";

    @TempDir
    private Path sysfs;

    private Nic only() throws IOException {
        final List<Nic> found = new SysfsCards(sysfs).find();
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
                .hasSize(2)
                .last()
                .asString()
                .contains("eth2 must let go", "drivers/ixgbe/unbind", "vfio-pci", ADDRESS);
    }

    @Test
    void shouldSayWhatIsMissingOnAMachineWithoutIommu() throws IOException {
        TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x1528, "", "");

        assertThat(only().slot().orElseThrow().missing())
                .anyMatch(text -> text.contains("intel_iommu=on"))
                .noneMatch(text -> text.contains("unbind"));
        assertThat(only().card().identity().door()).isEqualTo("no driver has it");
        assertThat(only().card().counters()).isEmpty();
    }

    @Test
    void shouldNameTheOthersOfItsGroup() throws IOException {
        TestCards.addDevice(sysfs, ADDRESS, 0x8086, 0x1563, "vfio-pci", "7");
        TestCards.addDevice(sysfs, "0000:04:00.0", 0x1AF4, 0x1000, "", "7");

        final PciSlot slot = only().slot().orElseThrow();

        assertThat(slot.groupMembers()).containsExactly("0000:04:00.0");
        assertThat(slot.missing())
                .anyMatch(text -> text.contains("IOMMU group 7") && text.contains("0000:04:00.0"))
                .noneMatch(text -> text.contains("drivers_probe"));
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

        assertThat(new SysfsCards(sysfs).find()).isEmpty();
        assertThat(new SysfsCards(sysfs.resolve("none")).find()).isEmpty();
    }
}
