// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The programs that hold a card by a file of the kernel's: its IOMMU group, its VFIO or UIO device, its BARs or its
 * configuration space in sysfs. Processes that may not be looked into are left out; root sees all.
 *
 * @param proc where proc(5) is
 */
record DeviceUsers(Path proc) {
    /** {@code process 4711 (java)}, for each. */
    List<String> of(SysfsDevice function) throws IOException {
        final Set<String> files = files(function);
        final String inSysfs = function.folder().toRealPath() + "/";
        final List<String> users = new ArrayList<>();
        for (String process : SysfsDevice.names(proc)) {
            if (!process.chars().allMatch(Character::isDigit)) {
                continue;
            }
            final Path folder = proc.resolve(process);
            if (descriptors(folder).stream().anyMatch(file -> files.contains(file) || file.startsWith(inSysfs))
                    || maps(folder).contains(inSysfs + "resource")) {
                users.add("process " + process + " (" + new SysfsFolder(folder).text("comm") + ")");
            }
        }
        return users;
    }

    private static Set<String> files(SysfsDevice function) throws IOException {
        final Set<String> files = new HashSet<>();
        if (!function.group().isEmpty()) {
            files.add("/dev/vfio/" + function.group());
        }
        SysfsDevice.names(function.folder().resolve("vfio-dev"))
                .forEach(name -> files.add("/dev/vfio/devices/" + name));
        SysfsDevice.names(function.folder().resolve("uio")).forEach(name -> files.add("/dev/" + name));
        return files;
    }

    private static List<String> descriptors(Path process) {
        final List<String> files = new ArrayList<>();
        try {
            final SysfsFolder descriptors = new SysfsFolder(process.resolve("fd"));
            for (String descriptor : SysfsDevice.names(descriptors.path())) {
                files.add(descriptors.link(descriptor));
            }
        } catch (IOException e) {
            return List.of(); // another user's, or ended meanwhile
        }
        return files;
    }

    private static String maps(Path process) {
        try {
            return Files.readString(process.resolve("maps"));
        } catch (IOException e) {
            return ""; // another user's, or ended meanwhile
        }
    }
}
