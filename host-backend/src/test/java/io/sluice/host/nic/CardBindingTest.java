// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cards go from driver to driver, and back. */
class CardBindingTest extends BindingFixture {
    @ParameterizedTest
    @CsvSource({"0000:03:00.0", "03:00.0", "eth2"})
    void shouldTakeACardAndGiveItBack(String name) throws IOException {
        kernel.card(CARD, "eth2", "12");

        assertThat(binding.bind(request(name)))
                .containsExactly(
                        CARD + " is bound to vfio-pci; ixgbe had it before, as eth2",
                        "  to use it: sluice run 'ixgbe:" + CARD + " <=> guest:fw <=> tap:wan'",
                        "  to give it back: sudo sluice nic unbind " + CARD);

        assertThat(kernel.log)
                .containsExactly(
                        "modprobe vfio-pci",
                        "modprobe vfio_iommu_type1",
                        "bus/pci/devices/0000:03:00.0/driver_override = vfio-pci",
                        "bus/pci/devices/0000:03:00.0/driver/unbind = 0000:03:00.0",
                        "bus/pci/drivers/vfio-pci/bind = 0000:03:00.0");
        assertThat(function(CARD).driver()).isEqualTo("vfio-pci");
        assertThat(notes.all()).containsExactly(new BindNote(CARD, "vfio-pci", "ixgbe", List.of("eth2"), List.of()));

        assertThat(binding.unbind(CARD, false))
                .containsExactly(CARD + " is with the kernel's driver ixgbe, as eth2 again");
        assertUntouched(CARD, "ixgbe");
    }

    @Test
    void shouldDoNothingTwice() throws IOException {
        kernel.card(CARD, "eth2", "12");
        binding.bind(request(CARD));
        kernel.log.clear();

        assertThat(binding.bind(request(CARD))).containsExactly(CARD + " is bound to vfio-pci already");
        assertThat(kernel.log).isEmpty();

        binding.unbind(CARD, false);
        assertThat(binding.unbind(CARD, false)).containsExactly(CARD + " is with the kernel's driver ixgbe, as eth2");
    }

    @Test
    void shouldRememberTheKernelsDriverThroughSeveral() throws IOException {
        final Path device = kernel.card(CARD, "eth2", "12");
        TestCards.write(device.resolve("iommu_group"), Map.of("type", "identity"));

        binding.bind(request(CARD));
        binding.bind(new BindRequest(CARD, Optional.of("uio_pci_generic"), false, false));

        assertThat(function(CARD).driver()).isEqualTo("uio_pci_generic");
        assertThat(notes.all())
                .singleElement()
                .satisfies(note -> assertThat(note.before()).isEqualTo("ixgbe"));
    }

    @Test
    void shouldUndoWhatFailedHalfWay() throws IOException {
        kernel.card(CARD, "eth2", "12");
        kernel.function(OTHER, "eth3", 0x1AF4, 0x1041, "virtio-pci", "12");
        kernel.refused.add(OTHER);

        assertThatThrownBy(() -> binding.bind(withGroup(CARD))).hasMessageContaining("Invalid argument");

        assertUntouched(CARD, "ixgbe");
        assertUntouched(OTHER, "virtio-pci");
    }

    @Test
    void shouldPutRightWhatAKilledProcessLeftHalfWay() throws IOException {
        kernel.card(CARD, "eth2", "12");
        binding.bind(request(CARD));
        kernel.write(function(CARD).folder().resolve("driver/unbind"), CARD);
        assertThat(function(CARD).driver()).isEmpty();

        assertThat(binding.unbind(CARD, false)).singleElement().asString().contains("ixgbe, as eth2 again");
        assertUntouched(CARD, "ixgbe");
    }

    @Test
    void shouldLeaveACardWithoutDriverThatHadNone() throws IOException {
        kernel.card(CARD, "eth2", "12");
        kernel.write(function(CARD).folder().resolve("driver/unbind"), CARD);
        Files.delete(sysfs.resolve("bus/pci/drivers/ixgbe"));
        assertThat(binding.bind(request(CARD))).first().asString().endsWith("no driver had it before");

        assertThat(binding.unbind(CARD, false)).containsExactly(CARD + " has no driver, as before");
        assertUntouched(CARD, "");
    }

    @Test
    void shouldLoadTheModuleThatHadTheCard() throws IOException {
        kernel.card(CARD, "eth2", "12");
        binding.bind(request(CARD));
        Files.delete(sysfs.resolve("bus/pci/drivers/ixgbe"));
        kernel.log.clear();

        binding.unbind(CARD, false);

        assertThat(kernel.log).contains("modprobe ixgbe");
        assertUntouched(CARD, "ixgbe");
    }

    @Test
    void shouldSayWhichModuleTheKernelLacks() throws IOException {
        kernel.card(CARD, "eth2", "12");
        kernel.modules.remove("vfio-pci");

        assertThatThrownBy(() -> binding.bind(request(CARD)))
                .hasMessageContainingAll("Module vfio-pci not found", "sudo apt-get install linux-image-amd64");
        assertUntouched(CARD, "ixgbe");
    }

    @Test
    void shouldSayWhereNoDriverTakesItBack() throws IOException {
        kernel.card(CARD, "eth2", "12");
        binding.bind(request(CARD));
        Files.delete(sysfs.resolve("bus/pci/drivers/ixgbe"));
        kernel.modules.remove("ixgbe");

        assertThatThrownBy(() -> binding.unbind(CARD, false)).hasMessageContaining("modprobe ixgbe failed");
        assertThat(notes.all()).hasSize(1);
    }

    @Test
    void shouldStopARunningCardBeforeItGoesBack() throws IOException {
        final Path device = kernel.card(CARD, "eth2", "");
        binding.bind(new BindRequest(CARD, Optional.of("uio_pci_generic"), false, false));
        final byte[] config = new byte[64];
        config[4] = 0b110;
        Files.write(device.resolve("config"), config);
        Files.writeString(device.resolve("reset"), "");

        binding.unbind(CARD, false);

        assertThat(Files.readAllBytes(device.resolve("config"))[4]).isEqualTo((byte) 0b010);
        assertThat(device.resolve("reset")).hasContent("1");
    }

    /** uio_pci_generic takes it off its bus when a program ends, and it would go on once it is back there. */
    @Test
    void shouldResetACardThatSomebodyStopped() throws IOException {
        final Path device = kernel.card(CARD, "eth2", "");
        binding.bind(new BindRequest(CARD, Optional.of("uio_pci_generic"), false, false));
        Files.write(device.resolve("config"), new byte[64]);
        Files.writeString(device.resolve("reset"), "");

        binding.unbind(CARD, false);

        assertThat(device.resolve("reset")).hasContent("1");
    }
}
