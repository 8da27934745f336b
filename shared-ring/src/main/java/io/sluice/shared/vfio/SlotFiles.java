// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the kernel shows of a device in a slot, and the files by which a process gets it (Documentation/ABI/testing:
 * sysfs-bus-pci, sysfs-devices-vfio-dev, sysfs-kernel-iommu_groups).
 *
 * <pre>
 *   /sys/bus/pci/devices/0000:03:00.0/
 *     driver -&gt; .../drivers/vfio-pci        iommu_group -&gt; .../iommu_groups/12        vfio-dev/vfio0/
 *   /dev/vfio/12 and /dev/vfio/vfio         a group and its container
 *   /dev/vfio/devices/vfio0 and /dev/iommu  the device by itself and its iommufd
 * </pre>
 *
 * @param root where /sys, /dev and /proc are
 */
record SlotFiles(Path root, String slot) {
    private static final String DRIVER = "vfio-pci";
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");

    /** A function of the same IOMMU group, and the driver that has it, empty for none. */
    record Neighbour(String slot, String driver) {
        /** Whether the kernel refuses the group because of it; the drivers of bridges do not touch memory. */
        boolean inTheWay() {
            return !driver.isEmpty()
                    && !driver.equals(DRIVER)
                    && !driver.equals("pcieport")
                    && !driver.equals("pci-stub");
        }

        /** How the user takes it from its driver. */
        String release() {
            return "echo " + slot + " > /sys/bus/pci/devices/" + slot + "/driver/unbind";
        }
    }

    /** Says what is wrong where the device is not one that VFIO has, with what to type. */
    void check() throws VfioException {
        if (!ADDRESS.matcher(slot).matches()) {
            throw failure("no address of a PCI device", "it looks like 0000:03:00.0, see 'lspci -D'");
        }
        if (!Files.isDirectory(device())) {
            throw failure("there is none at this address", "'lspci -D' shows what there is");
        }
        final String driver = driver(slot);
        if (!driver.equals(DRIVER) && !Files.isDirectory(device().resolve("vfio-dev"))) {
            throw failure(
                    driver.isEmpty()
                            ? "driver=none, it must be " + DRIVER
                            : "driver=" + driver + " has it, not " + DRIVER,
                    "to give it away, type: " + bind(driver));
        }
        if (groupName().isEmpty()) {
            throw failure(
                    "it is in no IOMMU group, so that nothing would keep it from all memory",
                    "switch on VT-d or AMD-Vi in the firmware, and boot with the kernel parameter intel_iommu=on (AMD's"
                            + " needs none)");
        }
        if (Files.exists(root.resolve("dev/vfio/noiommu-" + groupName()))) {
            throw failure(
                    "its driver runs without an IOMMU (group noiommu-" + groupName() + "), which this does not do",
                    "switch on the IOMMU, or bind the device to uio_pci_generic");
        }
    }

    private String bind(String driver) {
        final String folder = "/sys/bus/pci/devices/" + slot;
        return "modprobe " + DRIVER + " && echo " + DRIVER + " > " + folder + "/driver_override"
                + (driver.isEmpty() ? "" : " && echo " + slot + " > " + folder + "/driver/unbind")
                + " && echo " + slot + " > /sys/bus/pci/drivers_probe";
    }

    /** The number of its IOMMU group; empty where it is in none. */
    String groupName() {
        return target(device().resolve("iommu_group"));
    }

    /** The group's file. */
    String groupFile() {
        return root.resolve("dev/vfio").resolve(groupName()).toString();
    }

    /** The file that makes containers. */
    String containerFile() {
        return root.resolve("dev/vfio/vfio").toString();
    }

    /** The file that makes address spaces. */
    String iommuFile() {
        return root.resolve("dev/iommu").toString();
    }

    /** The device's own file, empty where the kernel makes none (before 6.6, or by its configuration). */
    String deviceFile() {
        for (String name : names(device().resolve("vfio-dev"))) {
            final Path file = root.resolve("dev/vfio/devices").resolve(name);
            if (Files.exists(file)) {
                return file.toString();
            }
        }
        return "";
    }

    /** Whether the device is opened by its own file, and no group's. */
    boolean opensAlone() {
        return !deviceFile().isEmpty() && Files.exists(root.resolve("dev/iommu"));
    }

    /** The other functions of its group: one owner must have them all. */
    List<Neighbour> neighbours() {
        final List<Neighbour> neighbours = new ArrayList<>();
        for (String name : names(device().resolve("iommu_group/devices"))) {
            if (!name.equals(slot)) {
                neighbours.add(new Neighbour(name, driver(name)));
            }
        }
        return neighbours;
    }

    /** The processes that have {@code file} open, for a person: {@code "process 4711 (java)"}; empty where none is seen. */
    String holders(String file) {
        final List<String> holders = new ArrayList<>();
        for (String process : names(root.resolve("proc"))) {
            if (Character.isDigit(process.charAt(0))
                    && holds(root.resolve("proc").resolve(process), file)) {
                holders.add("process " + process + " (" + text(root.resolve("proc/" + process + "/comm")) + ")");
            }
        }
        return String.join(", ", holders);
    }

    private static boolean holds(Path process, String file) {
        for (String descriptor : names(process.resolve("fd"))) {
            if (linked(process.resolve("fd").resolve(descriptor)).equals(file)) {
                return true;
            }
        }
        return false;
    }

    /** How this process's user is let open {@code file}. */
    String letIn(String file) {
        return "to be let in, have root type: chown " + user() + " " + file;
    }

    private String user() {
        try {
            return Files.getAttribute(root.resolve("proc/self"), "unix:uid").toString();
        } catch (IOException | UnsupportedOperationException e) {
            return System.getProperty("user.name");
        }
    }

    VfioException failure(String what, String remedy) {
        return new VfioException(slot, what, remedy);
    }

    private Path device() {
        return root.resolve("sys/bus/pci/devices").resolve(slot);
    }

    private String driver(String of) {
        return target(root.resolve("sys/bus/pci/devices").resolve(of).resolve("driver"));
    }

    private static String target(Path link) {
        final String target = linked(link);
        return target.substring(target.lastIndexOf('/') + 1);
    }

    /** Where a link points to; empty where it is none, or another's. */
    private static String linked(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** What is in a folder, sorted; nothing where it cannot be read. */
    private static List<String> names(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
