// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A folder that looks like sysfs and acts like the kernel: drivers let go of functions and take them when told so. */
final class FakeKernel implements SysfsWriter, KernelModules {
    /** What was written and loaded, in order. */
    final List<String> log = new ArrayList<>();
    /** Modules that there are, and the driver of each. */
    final Set<String> modules = new HashSet<>(Set.of("vfio-pci", "vfio_iommu_type1", "uio_pci_generic", "ixgbe"));
    /** Functions that a driver refuses. */
    final Set<String> refused = new HashSet<>();
    /** Interfaces that come and go with a function's own driver. */
    private final Map<String, String> interfaces = new HashMap<>();

    private final Path sysfs;

    FakeKernel(Path sysfs) throws IOException {
        this.sysfs = sysfs;
        Files.createDirectories(sysfs.resolve("bus/pci/devices"));
    }

    /** A card of the family's with {@code ixgbe}, or with no driver where its module is not loaded. */
    Path card(String address, String name, String group) throws IOException {
        return function(address, name, 0x8086, 0x10FB, "ixgbe", group);
    }

    Path function(String address, String name, int vendor, int device, String driver, String group) throws IOException {
        final Path folder = TestCards.addDevice(sysfs, address, vendor, device, driver, group);
        interfaces.put(address, name);
        TestCards.addInterface(folder, name, Map.of("ifindex", "7"));
        TestCards.write(folder, Map.of("modalias", driver));
        return folder;
    }

    @Override
    public void load(String name) throws IOException {
        log.add("modprobe " + name);
        if (!modules.contains(name)) {
            throw new IOException("modprobe " + name + " failed: Module " + name + " not found");
        }
        if (name.equals("vfio_iommu_type1")) {
            Files.createDirectories(sysfs.resolve("module").resolve(name));
        } else {
            TestCards.addDriver(sysfs, name);
        }
    }

    @Override
    public void write(Path attribute, String text) throws IOException {
        final String name = attribute.getFileName().toString();
        log.add(sysfs.relativize(attribute) + " = " + text.strip());
        switch (name) {
            case "driver_override" -> Files.writeString(attribute, text.isBlank() ? "(null)\n" : text);
            case "unbind" -> unbind(device(text));
            case "bind" -> bind(device(text), attribute.getParent());
            case "drivers_probe" -> probe(text);
            case "reset" -> Files.writeString(attribute, text);
            default -> throw new IOException("no such attribute " + attribute);
        }
    }

    private Path device(String address) {
        return sysfs.resolve("bus/pci/devices").resolve(address);
    }

    private void unbind(Path device) throws IOException {
        Files.delete(device.resolve("driver"));
        delete(device.resolve("net"));
    }

    private void bind(Path device, Path driver) throws IOException {
        final String address = device.getFileName().toString();
        final String name = driver.getFileName().toString();
        if (refused.contains(address) && SysfsDevice.FOR_PROGRAMS.contains(name)) {
            throw new IOException("writing '" + address + "' to " + driver.resolve("bind") + ": Invalid argument");
        }
        Files.createSymbolicLink(device.resolve("driver"), driver);
        if (!SysfsDevice.FOR_PROGRAMS.contains(name)) {
            TestCards.addInterface(device, interfaces.get(address), Map.of("ifindex", "7"));
        }
    }

    private void probe(String address) throws IOException {
        final Path device = device(address);
        final Path driver = sysfs.resolve("bus/pci/drivers")
                .resolve(Files.readString(device.resolve("modalias")).strip());
        if (Files.isDirectory(driver) && !Files.exists(device.resolve("driver"))) {
            bind(device, driver);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            paths.toList().reversed().forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
