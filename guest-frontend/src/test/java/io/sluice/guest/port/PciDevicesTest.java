// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.vfio.VfioException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ring devices in a made-up sysfs. */
class PciDevicesTest {
    /** An address that no machine has: of the last bus, and a function of no device. */
    private static final String SLOT = "fffe:ff:1f.7";

    @TempDir
    private Path root;

    private Path device(String vendor, String id) throws IOException {
        final Path device = Files.createDirectories(root.resolve("devices").resolve(SLOT));
        Files.writeString(device.resolve("vendor"), vendor + "\n");
        Files.writeString(device.resolve("device"), id + "\n");
        return device;
    }

    @Test
    void shouldFindRingDevicesOnly() throws IOException {
        final Path device = device("0x1af4", "0x1110");
        assertThat(PciDevices.ivshmem(root.resolve("devices"))).containsExactly(device);
        device("0x1af4", "0x1000");
        assertThat(PciDevices.ivshmem(root.resolve("devices"))).isEmpty();
    }

    @Test
    void shouldTakeADeviceThroughVfioWhereThatHasIt() throws IOException {
        final Path device = device("0x1af4", "0x1110");
        final Path driver = Files.createDirectories(root.resolve("drivers/vfio-pci"));
        Files.createSymbolicLink(device.resolve("driver"), driver);
        assertThatThrownBy(() -> PciDevices.attach(device))
                .isInstanceOf(VfioException.class)
                .hasMessageContaining(SLOT);
    }

    @Test
    void shouldSayHowTheMachineGetsInterrupts() throws IOException {
        final Path device = device("0x1af4", "0x1110");
        assertThat(PciDevices.waysToInterrupts(device)).contains("sluice vm --viommu", "intel_iommu=on");
        Files.createSymbolicLink(device.resolve("iommu_group"), root);
        assertThat(PciDevices.waysToInterrupts(device))
                .contains("modprobe vfio-pci", SLOT + " > /sys/bus/pci/drivers_probe");
    }
}
