// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import static io.sluice.host.doctor.HostTree.CARD;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.doctor.Finding.State;
import io.sluice.host.nic.TestCards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    @TempDir
    private Path folder;

    private HostTree host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostTree(folder);
    }

    @Test
    void shouldFindNothingWrongWhereAllIsWell() throws IOException {
        assertThat(host.examine())
                .hasSize(15)
                .allSatisfy(finding -> assertThat(finding.state()).isEqualTo(State.OK))
                .allSatisfy(finding -> assertThat(finding.why()).isNotEmpty())
                .extracting(Finding::subject)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldSayHowToSwitchOnAnIommuThatTheKernelDoesNotUse() throws IOException {
        host.noIommu();
        host.driver("ixgbe");
        host.write("proc/cmdline", "quiet");

        final Finding finding = host.examine("IOMMU");

        assertThat(finding.state()).isEqualTo(State.MISSING);
        assertThat(finding.found()).contains("none in use", "add 'intel_iommu=on' to the kernel's command line");
        assertThat(finding.commands())
                .containsExactly(
                        "mkdir -p /etc/default/grub.d",
                        "echo 'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX intel_iommu=on\"'"
                                + " > /etc/default/grub.d/sluice-intel_iommu.cfg",
                        "update-grub",
                        "reboot");

        host.write("usr/sbin/grubby", "");
        assertThat(host.examine("IOMMU").commands())
                .containsExactly("grubby --update-kernel=ALL --args='intel_iommu=on'", "reboot");

        host.write("proc/cmdline", "intel_iommu=on intel_iommu=off");
        assertThat(host.examine("IOMMU").found()).contains("none in use");
        host.write("proc/cmdline", "intel_iommu=off intel_iommu=on");
        assertThat(host.examine("IOMMU").found()).contains("was told to use", "dmesg");
    }

    @Test
    void shouldSayWhereTheFirmwareHasNoIommu() throws IOException {
        host.noIommu();
        host.driver("ixgbe");
        host.delete("sys/firmware");
        assertThat(host.examine("IOMMU").found()).contains("VT-d");

        host.write("sys/firmware/acpi/tables/IVRS", "");
        assertThat(host.examine("IOMMU").found()).contains("take amd_iommu=off");
        host.delete("sys/firmware");

        host.write("proc/cpuinfo", "flags\t\t: fpu hypervisor vmx\n");
        assertThat(host.examine("IOMMU").found()).contains("virtual machine", "intel-iommu,intremap=on");
    }

    @Test
    void shouldWantNoIommuWhereACardIsUsedWithout() throws IOException {
        host.noIommu();
        host.driver("uio_pci_generic");

        assertThat(host.examine("IOMMU").state()).isEqualTo(State.WARNING);
        assertThat(host.examine("module uio_pci_generic").state()).isEqualTo(State.OK);
        assertThat(host.examine("card " + CARD).state()).isEqualTo(State.OK);

        host.write("sys/kernel/security/lockdown", "none [integrity] confidentiality");
        assertThat(host.examine("kernel lockdown").state()).isEqualTo(State.MISSING);
    }

    @Test
    void shouldNameInterruptsThatNobodyRemaps() throws IOException {
        host.write("proc/interrupts", "           CPU0\n 24:   1   PCI-MSI 524288-edge   eth2\n");

        final Finding finding = host.examine("interrupt remapping");

        assertThat(finding.state()).isEqualTo(State.MISSING);
        assertThat(finding.commands())
                .containsExactly(
                        "modprobe vfio_iommu_type1",
                        "echo Y > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts");

        host.write("sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "Y");
        assertThat(host.examine("interrupt remapping").state()).isEqualTo(State.WARNING);
    }

    @Test
    void shouldSayHowToGetHugePages() throws IOException {
        host.write("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0");
        host.write("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "0");

        final Finding none = host.examine("huge pages");
        assertThat(none.state()).isEqualTo(State.WARNING);
        assertThat(none.commands()).containsExactly("echo 64 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
        assertThat(none.lasting()).containsExactly("echo vm.nr_hugepages=64 > /etc/sysctl.d/80-sluice.conf");

        host.write("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "10");
        host.otherUser();
        final Finding busy = host.examine("huge pages");
        assertThat(busy.found()).isEqualTo("0 free of 10");
        assertThat(busy.commands())
                .containsExactly("echo 74 | sudo tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");

        host.write("proc/meminfo", "Hugepagesize:    1048576 kB\n");
        assertThat(host.examine("huge pages").lasting())
                .as("sysctl would set pages of 1 GiB")
                .isEmpty();

        host.noIommu();
        assertThat(host.examine("huge pages").state()).isEqualTo(State.MISSING);

        host.delete("sys/kernel/mm");
        assertThat(host.examine("huge pages").found()).contains("CONFIG_HUGETLBFS");
    }

    @Test
    void shouldLookForHugePagesOnTheCardsNode() throws IOException {
        host.write("sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "64");
        host.write("sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages", "0");

        assertThat(host.examine("huge pages, node 1").commands())
                .containsExactly("echo 64 > /sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages");
    }

    @Test
    void shouldNameTooLittleLockedMemory() throws IOException {
        host.otherUser();

        final Finding finding = host.examine("locked memory");

        assertThat(finding.state()).isEqualTo(State.MISSING);
        assertThat(finding.found()).startsWith("up to 8192 KiB");
        assertThat(finding.commands()).containsExactly("sudo prlimit --pid $$ --memlock=unlimited");
        assertThat(finding.lasting())
                .containsExactly("echo 'ann - memlock unlimited' | sudo tee /etc/security/limits.d/80-sluice.conf");

        host.write("proc/self/limits", "Max locked memory         8388608              unlimited            bytes\n");
        assertThat(host.examine("locked memory").commands()).containsExactly("ulimit -l unlimited");

        host.write("proc/self/limits", "Max locked memory         unlimited            unlimited            bytes\n");
        assertThat(host.examine("locked memory").state()).isEqualTo(State.OK);
    }

    @Test
    void shouldNotCountACapabilityInAUserNamespace() throws IOException {
        host.write("proc/self/uid_map", "         0       1000          1\n");

        assertThat(host.examine("locked memory").state()).isEqualTo(State.MISSING);
    }

    @Test
    void shouldSuggestProcessorsToIsolate() throws IOException {
        host.write("sys/devices/system/cpu/isolated", "\n");

        final Finding finding = host.examine("isolated processors");
        assertThat(finding.state()).isEqualTo(State.WARNING);
        assertThat(finding.commands().get(1)).contains("isolcpus=managed_irq,domain,6,7 nohz_full=6,7 rcu_nocbs=6,7");

        host.write("sys/devices/system/cpu/online", "0,2");
        assertThat(host.examine("isolated processors").state()).isEqualTo(State.OK);
    }

    @Test
    void shouldNameAGovernorThatSavesPower() throws IOException {
        host.otherUser();
        host.write("sys/devices/system/cpu/cpu3/cpufreq/scaling_governor", "powersave");

        final Finding finding = host.examine("clock governor");
        assertThat(finding.found()).isEqualTo("performance, powersave");
        assertThat(finding.commands())
                .containsExactly("echo performance | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
    }

    @Test
    void shouldNameWhatVirtualMachinesLack() throws IOException {
        host.program("", "-device", "vfio-user-pci,help");
        assertThat(host.examine("QEMU's vfio-user").found()).contains("QEMU 10.1");

        host.program("", "-device", "ivshmem-doorbell,help");
        assertThat(host.examine("QEMU").state()).isEqualTo(State.MISSING);

        host.noPrograms();
        assertThat(host.examine("QEMU").state()).isEqualTo(State.WARNING);
        assertThat(host.examine("QEMU").commands()).containsExactly("apt-get install qemu-system-x86");
    }

    @Test
    void shouldSayWhyThereIsNoKvm() throws IOException {
        host.delete("dev/kvm");
        assertThat(host.examine("KVM").commands()).containsExactly("modprobe kvm-intel");

        host.delete("lib/modules/6.1.0-49-amd64/kernel/arch");
        assertThat(host.examine("KVM").found()).contains("no module kvm-intel");

        host.write("proc/cpuinfo", "flags\t\t: fpu\n");
        assertThat(host.examine("KVM").found()).contains("no virtualization");
        assertThat(host.examine("KVM").commands()).isEmpty();
    }

    @Test
    void shouldNameAModuleThatTheKernelLacks() throws IOException {
        host.delete("sys/module");

        final Finding finding = host.examine("module vfio-pci");
        assertThat(finding.state()).isEqualTo(State.MISSING);
        assertThat(finding.found()).isEqualTo("the kernel 6.1.0-49-amd64 has none");
        assertThat(finding.commands()).containsExactly("apt-get install linux-image-amd64", "reboot");
    }

    @Test
    void shouldNameMissingDeviceFiles() throws IOException {
        host.delete("dev/vfio/vfio");
        assertThat(host.examine("/dev/vfio/vfio").commands()).contains("mknod /dev/vfio/vfio c 10 196");

        host.delete("dev/net");
        assertThat(host.examine("TAP").commands()).startsWith("modprobe tun");
        host.delete("lib");
        assertThat(host.examine("TAP").found()).isEqualTo("the kernel has no module tun");
    }

    @Test
    void shouldSayHowToFreeACardOfTheKernels() throws IOException {
        host.driver("ixgbe");
        TestCards.addInterface(host.path("sys/bus/pci/devices/" + CARD), "eth2", Map.of());

        final Finding finding = host.examine("card " + CARD);

        assertThat(finding.state()).isEqualTo(State.WARNING);
        assertThat(finding.found()).contains("ixgbe has it, as eth2");
        assertThat(finding.commands()).containsExactly("sluice nic bind " + CARD);
    }

    @Test
    void shouldNameTheOthersOfACardsGroup() throws IOException {
        TestCards.addDevice(host.path("sys"), "0000:04:00.0", 0x1AF4, 0x1041, "virtio-pci", "12");

        final Finding finding = host.examine("card " + CARD);

        assertThat(finding.state()).isEqualTo(State.MISSING);
        assertThat(finding.found()).contains("IOMMU group 12", "0000:04:00.0 (virtio-pci)");
        assertThat(finding.commands()).containsExactly("sluice nic bind " + CARD + " --with-group");
    }

    @Test
    void shouldNameAGroupThatThisUserMayNotOpen() throws IOException {
        host.otherUser();
        host.delete("dev/vfio/12");

        final Finding finding = host.examine("card " + CARD);

        assertThat(finding.state()).isEqualTo(State.MISSING);
        assertThat(finding.commands()).containsExactly("sudo chown ann /dev/vfio/12");
    }

    @Test
    void shouldFindWhatABindLeftHalfWay() throws IOException {
        host.driver("");
        Files.createDirectories(host.directory().create().path());
        host.write("run/sluice/bound-" + CARD, "driver=vfio-pci\nbefore=ixgbe\ninterfaces=eth2\naddresses=\n");

        final Finding finding = host.examine("bound " + CARD);

        assertThat(finding.state()).isEqualTo(State.WARNING);
        assertThat(finding.found()).contains("did not come to its end", "ixgbe had it before, as eth2");
        assertThat(finding.commands()).containsExactly("sluice nic unbind " + CARD);
    }

    @Test
    void shouldNameARunDirectoryThatOthersCanWrite() throws IOException {
        host.write("run/sluice/bound-" + CARD, "driver=vfio-pci");
        Files.setPosixFilePermissions(host.directory().path(), PosixFilePermissions.fromString("rwxrwxrwx"));

        final Finding finding = host.examine("run directory");
        assertThat(finding.state()).isEqualTo(State.MISSING);
        assertThat(finding.commands())
                .containsExactly("chmod 700 " + host.directory().path());
    }

    @Test
    void shouldDoWithoutCards() throws IOException {
        host.delete("sys/bus");
        host.delete("sys/kernel");

        assertThat(host.examine()).noneMatch(finding -> finding.state() == State.MISSING);
        assertThat(host.examine("cards").found()).contains("ixgbe:model0");
    }

    @Test
    void shouldLookAtAMachineWithNothing() throws IOException {
        host.delete("");

        assertThat(host.examine())
                .isNotEmpty()
                .noneMatch(finding -> finding.subject().startsWith("card 0"));
    }
}
