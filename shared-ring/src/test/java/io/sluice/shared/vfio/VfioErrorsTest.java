// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device says that cannot be had, on made-up systems: each trouble named, with what to type. */
class VfioErrorsTest {
    private static final String SLOT = "0000:03:00.0";
    private static final String OTHER = "0000:03:00.1";

    @TempDir
    private Path root;

    private SlotFiles files;

    @BeforeEach
    void make() throws IOException {
        files = new SlotFiles(root, SLOT);
        Files.createDirectories(root.resolve("dev/vfio"));
        Files.createDirectories(root.resolve("proc/self"));
        device(SLOT);
    }

    private Path device(String slot) throws IOException {
        final Path device = root.resolve("sys/bus/pci/devices").resolve(slot);
        Files.createDirectories(device);
        Files.createDirectories(
                root.resolve("sys/kernel/iommu_groups/7/devices").resolve(slot));
        Files.createSymbolicLink(device.resolve("iommu_group"), root.resolve("sys/kernel/iommu_groups/7"));
        return device;
    }

    private void drive(String slot, String driver) throws IOException {
        final Path link = root.resolve("sys/bus/pci/devices").resolve(slot).resolve("driver");
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, Path.of("../../../bus/pci/drivers", driver));
    }

    private void assertRefused(String... words) {
        assertThatThrownBy(() -> VfioDevice.open(files))
                .isInstanceOf(VfioException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void shouldRefuseWhatIsNoAddressOrNobodys() {
        files = new SlotFiles(root, "eth0");
        assertRefused("eth0", "no address of a PCI device", "lspci -D");
        files = new SlotFiles(root, "0000:04:00.0");
        assertRefused("0000:04:00.0", "none at this address", "lspci -D");
    }

    @Test
    void shouldSayHowToGiveItToVfio() throws IOException {
        assertRefused(
                "driver=none",
                "modprobe vfio-pci && echo vfio-pci > /sys/bus/pci/devices/0000:03:00.0/driver_override"
                        + " && echo 0000:03:00.0 > /sys/bus/pci/drivers_probe");
        drive(SLOT, "ixgbe");
        assertRefused("driver=ixgbe", "echo 0000:03:00.0 > /sys/bus/pci/devices/0000:03:00.0/driver/unbind &&");
    }

    @Test
    void shouldSayThatThereIsNoIommu() throws IOException {
        drive(SLOT, "vfio-pci");
        Files.createFile(root.resolve("dev/vfio/noiommu-7"));
        assertRefused("noiommu-7", "without an IOMMU");
        Files.delete(root.resolve("sys/bus/pci/devices").resolve(SLOT).resolve("iommu_group"));
        assertRefused("no IOMMU group", "intel_iommu=on");
    }

    @Test
    void shouldSayThatVfioIsNotLoaded() throws IOException {
        drive(SLOT, "vfio-pci");
        assertRefused("dev/vfio/vfio", "ENOENT", "modprobe vfio-pci");
        // A file that is no container.
        Files.createFile(root.resolve("dev/vfio/vfio"));
        assertRefused("unknown version");
    }

    @Test
    void shouldTakeTheDevicesOwnFileWhereThereIsOne() throws IOException {
        drive(SLOT, "vfio-pci");
        Files.createDirectories(
                root.resolve("sys/bus/pci/devices").resolve(SLOT).resolve("vfio-dev/vfio3"));
        assertThat(files.opensAlone()).isFalse();
        Files.createDirectories(root.resolve("dev/vfio/devices"));
        Files.createFile(root.resolve("dev/vfio/devices/vfio3"));
        assertThat(files.opensAlone()).isFalse();
        Files.createFile(root.resolve("dev/iommu"));
        assertThat(files.opensAlone()).isTrue();
        assertThat(files.deviceFile()).endsWith("/dev/vfio/devices/vfio3");
        assertRefused("gives no address space", "ENOTTY");
    }

    @Test
    void shouldNameWhoElseIsInTheGroup() throws IOException {
        drive(SLOT, "vfio-pci");
        device(OTHER);
        drive(OTHER, "e1000e");
        device("0000:00:1c.0");
        drive("0000:00:1c.0", "pcieport");
        device("0000:03:00.2");

        assertThat(TypeOneSpace.notViable(files))
                .hasMessageContaining("IOMMU group 7")
                .hasMessageContaining("0000:03:00.1 (driver=e1000e)")
                .hasMessageEndingWith("echo 0000:03:00.1 > /sys/bus/pci/devices/0000:03:00.1/driver/unbind")
                .hasMessageNotContaining("pcieport")
                .hasMessageNotContaining("0000:03:00.2");
    }

    @Test
    void shouldNameWhoHasIt() throws IOException {
        final Path file = Files.createFile(root.resolve("dev/vfio/7"));
        final SlotFiles here = new SlotFiles(Path.of("/"), SLOT);
        assertThat(here.holders(file.toString())).isEmpty();
        final int descriptor = OpenFile.open(file.toString(), OpenFile.READ_ONLY);
        try {
            assertThat(here.holders(file.toString()))
                    .startsWith("process " + ProcessHandle.current().pid() + " (");
        } finally {
            Descriptors.close(descriptor);
        }
    }

    @Test
    void shouldSayHowMuchHasToBeLocked() throws IOException {
        final Path limits = root.resolve("proc/self/limits");
        final Path status = root.resolve("proc/self/status");
        Files.writeString(
                limits,
                "Limit  Soft Limit  Hard Limit  Units\nMax locked memory         8388608     8388608   bytes\n");
        Files.writeString(status, "Name:\tjava\nVmLck:\t    1024 kB\nVmPin:\t    2048 kB\n");

        assertThat(LockLimit.of(root, 64 << 20))
                .isEqualTo(new LockLimit(8 << 20, 3 << 20, 64 << 20))
                .extracting(LockLimit::words)
                .asString()
                .contains("may lock 8388608 bytes and needs 70254592", "ulimit -l 68608", "LimitMEMLOCK=infinity");
        Files.writeString(limits, "Max locked memory         unlimited   unlimited   bytes\n");
        assertThat(LockLimit.of(root, 64 << 20).words()).contains("memory is short");
        assertThat(LockLimit.of(root.resolve("nothing"), 1).words()).contains("memory is short");
    }
}
