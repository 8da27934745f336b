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

    private static String read(Path device, String attribute) throws IOException {
        return Files.readString(device.resolve(attribute)).strip();
    }
}
