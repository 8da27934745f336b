// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import io.sluice.host.nic.Prompt;

/** How to add parameters to the kernel's command line, and start it anew with them. */
final class KernelParameter {
    private KernelParameter() {}

    /** The commands, for the boot loader that this host has; none where it is not one that we know. */
    static String[] commands(Host host, String parameters) {
        final Prompt prompt = host.prompt();
        if (host.exists("usr/sbin/grubby")) {
            return new String[] {
                prompt.asRoot("grubby --update-kernel=ALL --args='" + parameters + "'"), prompt.asRoot("reboot")
            };
        }
        if (!host.debian() || !host.exists("etc/default/grub")) {
            return new String[0];
        }
        // Debian's update-grub reads further settings there, each of which sees those before it.
        final String name = parameters.substring(0, parameters.indexOf('='));
        return new String[] {
            prompt.asRoot("mkdir -p /etc/default/grub.d"),
            prompt.writeAsRoot(
                    "'GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX " + parameters + "\"'",
                    "/etc/default/grub.d/sluice-" + name + ".cfg"),
            prompt.asRoot("update-grub"),
            prompt.asRoot("reboot")
        };
    }

    /** What to do in words, for where there are no commands. */
    static String words(String parameters) {
        return "add '" + parameters + "' to the kernel's command line and start it anew";
    }
}
