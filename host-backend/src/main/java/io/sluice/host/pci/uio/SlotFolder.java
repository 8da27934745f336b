// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.uio;

import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A function's folder in sysfs, {@code /sys/bus/pci/devices/0000:03:00.0} (the kernel's Documentation/ABI/testing:
 * sysfs-bus-pci, sysfs-kernel-iommu_groups).
 *
 * <pre>
 *   config       configuration space        resource     lines "first last flags" of the BARs
 *   class        0x020000 of a network card
 *   resource0    BAR 0, to be mapped        reset        "1" resets the function; configuration space is kept
 *   driver -&gt; .../uio_pci_generic           uio/uio0     what that driver calls it
 *   iommu_group -&gt; .../iommu_groups/12      its type: "identity" where the IOMMU translates nothing
 *   numa_node    -1 for none                enable       "1" gives it power and lets its BARs answer
 * </pre>
 */
public record SlotFolder(Path path) {
    /** The kernel's driver that does nothing but let user space do all. */
    public static final String GENERIC = "uio_pci_generic";

    private static final Path SYSFS = Path.of("/sys");

    /** The folder of {@code slot}, with or without its domain. */
    public static SlotFolder of(String slot) {
        return of(SYSFS, slot);
    }

    /** The folder of {@code slot} in the sysfs at {@code root}. */
    static SlotFolder of(Path root, String slot) {
        final String full = slot.indexOf(':') == slot.lastIndexOf(':') ? "0000:" + slot : slot;
        return new SlotFolder(root.resolve("bus/pci/devices").resolve(full.toLowerCase(Locale.ROOT)));
    }

    String slot() {
        return path.getFileName().toString();
    }

    /** Whether the function's class says so (0x02, PCI Code and ID Assignment Specification). */
    boolean isNetworkCard() {
        return text("class").startsWith("0x02");
    }

    /** The kernel's driver that has it; empty for none. */
    public String driver() {
        return target("driver");
    }

    /** Whether there is a function in this slot. */
    public boolean exists() {
        return Files.isDirectory(path);
    }

    /** The group in which an IOMMU translates this function's addresses; empty where none does. */
    String translatingGroup() {
        return text("iommu_group/type").equals("identity") ? "" : target("iommu_group");
    }

    /** How long BAR {@code bar} is; 0 where there is none. */
    long barBytes(int bar) {
        final List<String> lines = text("resource").lines().toList();
        if (bar >= lines.size()) {
            return 0;
        }
        final String[] fields = lines.get(bar).split(" ");
        final long first = Long.decode(fields[0]);
        final long last = Long.decode(fields[1]);
        return last == 0 ? 0 : last - first + 1;
    }

    /** What uio_pci_generic calls it, as a device's file; null where that driver does not have it. */
    Path userDevice() throws IOException {
        final Path folder = path.resolve("uio");
        if (!Files.isDirectory(folder)) {
            return null;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findFirst()
                    .map(entry -> Path.of("/dev").resolve(entry.getFileName()))
                    .orElse(null);
        }
    }

    /** Opens {@code file}; a descriptor, or {@code -errno}. */
    int open(String file, int flags) {
        return OpenFile.open(path.resolve(file).toString(), flags);
    }

    /** Writes {@code text} to {@code file}. */
    void write(String file, String text) throws IOException {
        Files.writeString(path.resolve(file), text, StandardCharsets.US_ASCII);
    }

    private String text(String file) {
        try {
            return Files.readString(path.resolve(file), StandardCharsets.US_ASCII)
                    .strip();
        } catch (IOException e) {
            return ""; // not there, or not to be read now: not known
        }
    }

    private String target(String link) {
        try {
            return Files.readSymbolicLink(path.resolve(link)).getFileName().toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** What to say of {@code file} that cannot be opened. */
    IOException refused(String file, int result) {
        final boolean locked = result == -Errno.EPERM || result == -Errno.EACCES;
        return new IOException(slot() + ": " + path.resolve(file) + " cannot be used: " + Errno.describe(result)
                + (locked
                        ? "; run this as root, and where that is so: the kernel is locked down (Secure Boot), bind the"
                                + " card to vfio-pci: sluice nic bind " + slot() + " --driver vfio-pci"
                        : ""));
    }
}
