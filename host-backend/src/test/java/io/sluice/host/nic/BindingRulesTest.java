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

/** Which cards are not taken from whom, and what the user is told instead. */
class BindingRulesTest extends BindingFixture {
    @Test
    void shouldRefuseWhatCarriesTheDefaultRouteUnlessToldTwice() throws IOException {
        kernel.card(CARD, "eth2", "12");
        Files.writeString(proc.resolve("net/route"), """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                eth2\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
                eth2\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
                """);

        assertThatThrownBy(() -> binding.bind(request("eth2")))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        CARD + " is in use: eth2 carries the default route. To take it all the same: sudo sluice nic"
                                + " bind 0000:03:00.0 --force");
        assertUntouched(CARD, "ixgbe");

        binding.bind(forced("eth2"));
        assertThat(function(CARD).driver()).isEqualTo("vfio-pci");
    }

    @Test
    void shouldRefuseWhatCarriesTheDefaultRouteOfIpv6() throws IOException {
        kernel.card(CARD, "eth2", "12");
        final String any = "0".repeat(32);
        final String route = any + " 00 " + any + " 00 fd000000000000000000000000000001 00000400 00000003 00000000 ";
        Files.writeString(proc.resolve("net/ipv6_route"), route + "00000203     eth2\n");
        binding.bind(request(CARD));
        binding.unbind(CARD, false);

        Files.writeString(proc.resolve("net/ipv6_route"), route + "00000003     eth2\n");
        assertThatThrownBy(() -> binding.bind(request(CARD))).hasMessageContaining("carries the default route");
    }

    @Test
    void shouldTellTheAddressesThatAForcedInterfaceHad() throws IOException {
        kernel.card(CARD, "eth2", "12");
        addresses.put("eth2", List.of("10.0.0.2/24", "fd00:0:0:0:0:0:0:2/64"));

        assertThatThrownBy(() -> binding.bind(request(CARD)))
                .hasMessageContaining("eth2 has the address 10.0.0.2/24, has the address fd00");
        binding.bind(forced(CARD));

        assertThat(binding.unbind(CARD, false))
                .anyMatch(line -> line.endsWith("sudo ip address add 10.0.0.2/24 dev eth2 && sudo ip link set eth2 up"))
                .anyMatch(line -> line.contains("sudo ip address add fd00:0:0:0:0:0:0:2/64 dev eth2"));
    }

    @Test
    void shouldRefuseWhatOthersUse() throws IOException {
        final Path device = kernel.card(CARD, "eth2", "12");
        Files.createDirectory(device.resolve("net/eth2/upper_br0"));
        assertThatThrownBy(() -> binding.bind(request(CARD))).hasMessageContaining("eth2 is under br0");
        Files.delete(device.resolve("net/eth2/upper_br0"));

        Files.writeString(proc.resolve("net/packet"), """
                sk               RefCnt Type Proto  Iface R Rmem   User   Inode
                0000000000000000 3      3    0003   7     1 0      0      12345
                """);
        assertThatThrownBy(() -> binding.bind(request(CARD))).hasMessageContaining("captures");
        Files.delete(proc.resolve("net/packet"));

        Files.move(device.resolve("net/eth2"), folder.resolve("elsewhere"));
        assertThatThrownBy(() -> binding.bind(request(CARD))).hasMessageContaining("another network namespace");
        assertUntouched(CARD, "ixgbe");
    }

    @Test
    void shouldNotTakeACardFromAProgram() throws IOException {
        kernel.card(CARD, "eth2", "12");
        binding.bind(request(CARD));
        final Path process = Files.createDirectories(proc.resolve("4711/fd")).getParent();
        Files.writeString(process.resolve("comm"), "java\n");
        Files.createSymbolicLink(process.resolve("fd/9"), Path.of("/dev/vfio/12"));

        assertThatThrownBy(() -> binding.unbind(CARD, false))
                .hasMessageContaining(CARD + " is in use by process 4711 (java)");
        TestCards.write(function(CARD).folder().resolve("iommu_group"), Map.of("type", "identity"));
        assertThatThrownBy(() -> binding.bind(new BindRequest(CARD, Optional.of("uio_pci_generic"), false, true)))
                .hasMessageContaining("process 4711 (java)");
        assertThat(function(CARD).driver()).isEqualTo("vfio-pci");
    }

    @Test
    void shouldSeeWhoHasMappedACard() throws IOException {
        final Path device = kernel.card(CARD, "eth2", "");
        binding.bind(new BindRequest(CARD, Optional.of("uio_pci_generic"), false, false));
        final Path process = Files.createDirectories(proc.resolve("4711/fd")).getParent();
        Files.writeString(process.resolve("comm"), "testpmd\n");
        Files.writeString(
                process.resolve("maps"),
                "7f00-7f80 rw-s 00000000 00:15 10 " + device.toRealPath().resolve("resource0") + "\n");

        assertThatThrownBy(() -> binding.unbind(CARD, false)).hasMessageContaining("process 4711 (testpmd)");
    }

    @Test
    void shouldTakeVfioOnlyWhereAnIommuIs() throws IOException {
        kernel.card(CARD, "eth2", "");

        assertThatThrownBy(() -> binding.bind(request(CARD)))
                .hasMessageContainingAll("needs an IOMMU", "sluice doctor", "overwrite any memory")
                .hasMessageEndingWith("sudo sluice nic bind " + CARD + " --driver uio_pci_generic");
        assertUntouched(CARD, "ixgbe");

        binding.bind(new BindRequest(CARD, Optional.of("uio_pci_generic"), false, false));
        assertThat(function(CARD).driver()).isEqualTo("uio_pci_generic");
        assertThat(kernel.log).doesNotContain("modprobe vfio_iommu_type1");
    }

    @Test
    void shouldTakeUioOnlyWhereNoIommuTranslates() throws IOException {
        kernel.card(CARD, "eth2", "12");

        assertThatThrownBy(() -> binding.bind(new BindRequest(CARD, Optional.of("uio_pci_generic"), false, false)))
                .hasMessageContaining("an IOMMU translates")
                .hasMessageEndingWith("nic bind " + CARD + " --driver vfio-pci");
    }

    @Test
    void shouldTakeAWholeGroupOrNothing() throws IOException {
        kernel.card(CARD, "eth2", "12");
        kernel.function(OTHER, "eth3", 0x1AF4, 0x1041, "virtio-pci", "12");

        assertThatThrownBy(() -> binding.bind(request(CARD)))
                .hasMessageContainingAll("IOMMU group 12", OTHER + " (virtio-pci, eth3)")
                .hasMessageEndingWith("sudo sluice nic bind " + CARD + " --with-group");
        assertUntouched(CARD, "ixgbe");

        assertThat(binding.bind(withGroup(CARD)))
                .anyMatch(line -> line.startsWith(OTHER + " is bound to vfio-pci"))
                .last()
                .asString()
                .endsWith("nic unbind " + CARD + " --with-group");
        assertThat(function(OTHER).driver()).isEqualTo("vfio-pci");

        assertThat(binding.unbind(CARD, true)).hasSize(2);
        assertUntouched(CARD, "ixgbe");
        assertUntouched(OTHER, "virtio-pci");
    }

    @Test
    void shouldRefuseAGroupWithSomethingInUse() throws IOException {
        kernel.card(CARD, "eth2", "12");
        final Path other = kernel.function(OTHER, "eth3", 0x1AF4, 0x1001, "virtio-pci", "12");
        TestCards.write(other, Map.of("class", "0x010000"));

        assertThatThrownBy(() -> binding.bind(withGroup(CARD)))
                .hasMessageContaining(OTHER + " is no network card")
                .hasMessageEndingWith(" --with-group --force");
        assertUntouched(CARD, "ixgbe");
    }

    @Test
    void shouldMindVirtualFunctions() throws IOException {
        Files.createDirectory(kernel.card(CARD, "eth2", "12").resolve("virtfn0"));

        assertThatThrownBy(() -> binding.bind(request(CARD))).hasMessageContaining("has virtual functions");
        binding.bind(forced(CARD));
        assertThat(function(CARD).driver()).isEqualTo("vfio-pci");
    }

    @Test
    void shouldNotStopWhatItHasNotTaken() throws IOException {
        final Path device = kernel.function(CARD, "eth2", 0x1AF4, 0x1041, "", "");
        Files.write(device.resolve("config"), new byte[] {0, 0, 0, 0, 0b110});

        assertThatThrownBy(() -> binding.unbind(CARD, false)).hasMessageContaining("it is left alone");
        assertThat(Files.readAllBytes(device.resolve("config"))[4]).isEqualTo((byte) 0b110);
    }

    @Test
    void shouldLeaveOtherDevicesAlone() throws IOException {
        final Path device = kernel.function(CARD, "eth2", 0x1AF4, 0x1041, "virtio-pci", "12");

        assertThatThrownBy(() -> binding.bind(request(CARD)))
                .hasMessageContaining("(1af4:1041) is no card that Sluice has a driver for");
        TestCards.write(device, Map.of("class", "0x060400"));
        assertThatThrownBy(() -> binding.bind(forced(CARD))).hasMessageContaining("is a bridge");
        assertThatThrownBy(() -> binding.bind(request("0000:09:00.0"))).hasMessageContaining("no PCI device");
        assertUntouched(CARD, "virtio-pci");
    }
}
