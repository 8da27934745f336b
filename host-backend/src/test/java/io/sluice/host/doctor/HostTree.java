// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import io.sluice.host.nic.Prompt;
import io.sluice.host.nic.TestCards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A folder that looks like the root of a server on which everything is as it should be, until a test takes some away. */
final class HostTree {
    static final String CARD = "0000:03:00.0";
    private static final String KERNEL = "lib/modules/6.1.0-49-amd64/";

    private final Path root;
    private final Map<List<String>, String> programs = new HashMap<>();
    private boolean rootUser = true;

    HostTree(Path folder) throws IOException {
        root = folder.resolve("root");
        write("proc/sys/kernel/osrelease", "6.1.0-49-amd64");
        write("proc/cmdline", "quiet intel_iommu=on");
        write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu vmx ssse3\n");
        write("proc/interrupts", "           CPU0\n 24:   1   IR-PCI-MSI-0000:03:00.0   0-edge   eth2\n");
        write(
                "proc/self/limits",
                "Limit   Soft Limit   Hard Limit   Units\n"
                        + "Max locked memory         8388608              8388608              bytes     \n");
        write("proc/self/status", "Name:\tjava\nCapEff:\t000001ffffffffff\n");
        write("proc/self/uid_map", "         0          0 4294967295\n");
        write("sys/firmware/acpi/tables/DMAR", "");
        write("sys/class/iommu/dmar0/name", "");
        write("sys/kernel/iommu_groups/12/type", "DMA-FQ");
        write("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "64");
        write("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "60");
        write("sys/kernel/security/lockdown", "[none] integrity confidentiality");
        write("sys/devices/system/cpu/online", "0-7");
        write("sys/devices/system/cpu/isolated", "6-7");
        for (int i = 0; i < 8; i++) {
            write("sys/devices/system/cpu/cpu" + i + "/cpufreq/scaling_governor", "performance");
        }
        write("sys/module/vfio/version", "");
        write("sys/module/vfio_pci/version", "");
        write(KERNEL + "modules.builtin", "kernel/fs/ext4.ko\n");
        module("kernel/drivers/uio/uio_pci_generic.ko");
        module("kernel/drivers/net/tun.ko.xz");
        module("kernel/arch/x86/kvm/kvm-intel.ko");
        for (String device : List.of("kvm", "net/tun", "vfio/vfio", "vfio/12")) {
            write("dev/" + device, "");
        }
        write("etc/os-release", "NAME=\"Debian GNU/Linux\"\nID=debian\n");
        write("proc/meminfo", "MemTotal:       16318496 kB\nHugepagesize:       2048 kB\n");
        write("etc/default/grub", "GRUB_CMDLINE_LINUX=\"\"");
        TestCards.addDevice(path("sys"), CARD, 0x8086, 0x10FB, "vfio-pci", "12");
        program("QEMU emulator version 11.1.3", "--version");
        program("ivshmem-doorbell options:", "-device", "ivshmem-doorbell,help");
        program("vfio-user-pci options:", "-device", "vfio-user-pci,help");
    }

    private void module(String file) throws IOException {
        write(KERNEL + file, "");
        final Path table = path(KERNEL + "modules.dep");
        Files.writeString(table, (Files.exists(table) ? Files.readString(table) : "") + file + ": kernel/other.ko\n");
    }

    Path path(String name) {
        return root.resolve(name);
    }

    void write(String name, String text) throws IOException {
        Files.createDirectories(path(name).getParent());
        Files.writeString(path(name), text);
    }

    void delete(String name) throws IOException {
        try (var paths = Files.walk(path(name))) {
            for (Path path : paths.toList().reversed()) {
                Files.delete(path);
            }
        }
    }

    /** What QEMU answers to some arguments. */
    void program(String output, String... arguments) {
        programs.put(List.of(arguments), output);
    }

    void noPrograms() {
        programs.clear();
    }

    void otherUser() throws IOException {
        rootUser = false;
        write("proc/self/status", "Name:\tjava\nCapEff:\t0000000000000000\n");
    }

    /** Takes the IOMMU away. */
    void noIommu() throws IOException {
        delete("sys/kernel/iommu_groups");
        delete("sys/class/iommu");
        Files.delete(path("sys/bus/pci/devices/" + CARD + "/iommu_group"));
    }

    /** Gives the card to another driver. */
    void driver(String driver) throws IOException {
        final Path link = path("sys/bus/pci/devices/" + CARD + "/driver");
        Files.deleteIfExists(link);
        if (!driver.isEmpty()) {
            Files.createSymbolicLink(link, TestCards.addDriver(path("sys"), driver));
        }
    }

    RuntimeDirectory directory() {
        return RuntimeDirectory.at(path("run/sluice"));
    }

    List<Finding> examine() throws IOException {
        return Doctor.examine(Host.at(
                root,
                directory(),
                new Prompt(rootUser, "sluice"),
                "ann",
                command -> Optional.ofNullable(programs.get(command.subList(1, command.size())))));
    }

    Finding examine(String subject) throws IOException {
        final List<Finding> findings = examine();
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing about '" + subject + "' in " + findings));
    }
}
