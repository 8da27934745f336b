// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.posix.RuntimeDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * The parts of the system that giving cards to programs needs.
 *
 * @param sysfs where sysfs is
 * @param proc where proc(5) is
 * @param notes what was taken from the kernel
 * @param addresses the addresses of a network interface
 * @param prompt how the user types commands
 */
record HostSystem(
        Path sysfs,
        Path proc,
        SysfsWriter writer,
        KernelModules modules,
        BindNotes notes,
        Function<String, List<String>> addresses,
        Prompt prompt) {
    static HostSystem real(Path sysfs, RuntimeDirectory directory) {
        return new HostSystem(
                sysfs,
                Path.of("/proc"),
                SysfsWriter.KERNEL,
                KernelModules.MODPROBE,
                new BindNotes(directory),
                InterfaceUse::kernelAddresses,
                Prompt.ofProcess());
    }

    InterfaceUse use() {
        return new InterfaceUse(proc, addresses);
    }
}
