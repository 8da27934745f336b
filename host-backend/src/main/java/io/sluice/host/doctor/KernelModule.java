// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

/** Whether the kernel has a module, and what to do where it has not (depmod(8): modules.dep, modules.builtin). */
enum KernelModule {
    /** In the kernel now. */
    LOADED,
    /** On the disk; modprobe can load it. */
    LOADABLE,
    /** This kernel was built without it, or its package has left it out. */
    ABSENT;

    /**
     * Looks for a module.
     *
     * @param name of its file, without {@code .ko}: {@code vfio-pci}
     */
    static KernelModule of(Host host, String name) {
        final String file = "/" + name + ".ko";
        final String folder = "lib/modules/" + host.text("proc/sys/kernel/osrelease");
        if (host.exists("sys/module/" + name.replace('-', '_'))
                || host.lines(folder + "/modules.builtin").stream().anyMatch(line -> line.endsWith(file))) {
            return LOADED;
        }
        // FILE: FILES, the file perhaps with .xz or .zst behind.
        final boolean loadable = host.lines(folder + "/modules.dep").stream()
                .map(line -> line.substring(0, Math.max(0, line.indexOf(':'))))
                .anyMatch(path -> path.startsWith(file, path.lastIndexOf('/')) && host.exists(folder + "/" + path));
        return loadable ? LOADABLE : ABSENT;
    }

    /** The commands that bring a kernel with all modules; none where nobody knows them. */
    static String[] otherKernel(Host host) {
        return host.debian()
                ? new String[] {
                    host.prompt().asRoot("apt-get install linux-image-amd64"),
                    host.prompt().asRoot("reboot")
                }
                : new String[0];
    }
}
