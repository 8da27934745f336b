// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The PCI devices of this (virtual) machine, as sysfs shows them. */
final class PciDevices {
    static final Path ROOT = Path.of("/sys/bus/pci/devices");

    private static final String VFIO = "vfio-pci";
    private static final String IVSHMEM_VENDOR = "0x1af4";
    private static final String IVSHMEM_DEVICE = "0x1110";

    private PciDevices() {}

    /** Folders of all ivshmem devices (1af4:1110) below {@code root}, by address. */
    static List<Path> ivshmem(Path root) throws IOException {
        final List<Path> found = new ArrayList<>();
        if (Files.isDirectory(root)) {
            try (DirectoryStream<Path> devices = Files.newDirectoryStream(root)) {
                for (Path device : devices) {
                    if (read(device, "vendor").equals(IVSHMEM_VENDOR)
                            && read(device, "device").equals(IVSHMEM_DEVICE)) {
                        found.add(device);
                    }
                }
            }
        }
        found.sort(null);
        return found;
    }

    /** Attaches by the device in sysfs folder {@code device}: with interrupts, where vfio-pci has it. */
    static Attachment attach(Path device) throws IOException {
        return driver(device).equals(VFIO)
                ? VfioAttachment.open(device.getFileName().toString())
                : PciAttachment.map(device);
    }

    /** What a person has to do for the device in folder {@code device} to bring interrupts. */
    static String waysToInterrupts(Path device) {
        if (!Files.exists(device.resolve("iommu_group"))) {
            return "for interrupts, start the machine with a virtual IOMMU ('sluice vm --viommu'; or, of QEMU's,"
                    + " -machine q35,kernel-irqchip=split -device intel-iommu,intremap=on, and the kernel parameter"
                    + " intel_iommu=on)";
        }
        final String slot = device.getFileName().toString();
        return "for interrupts, type: modprobe vfio-pci && echo vfio-pci > " + device + "/driver_override && echo "
                + slot + " > /sys/bus/pci/drivers_probe";
    }

    /** The name of the kernel's driver that has the device, empty where none has. */
    private static String driver(Path device) throws IOException {
        final Path link = device.resolve("driver");
        return Files.exists(link) ? link.toRealPath().getFileName().toString() : "";
    }

    private static String read(Path device, String attribute) throws IOException {
        return Files.readString(device.resolve(attribute)).strip();
    }
}
