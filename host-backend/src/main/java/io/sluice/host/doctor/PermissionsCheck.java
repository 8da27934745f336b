// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What this user may do: interfaces, TAP devices, and the directory where backends and guests meet. */
final class PermissionsCheck implements Check {
    private static final String TUN = "dev/net/tun";

    @Override
    public List<Finding> look(Host host) {
        final List<Finding> findings = new ArrayList<>();
        final String why = "the ends tap: and packet:, and sluice nic bind, need root; the ends gen:, pcap:, null: and"
                + " ixgbe:model0 with such a wire do not";
        findings.add(
                host.prompt().root()
                        ? Finding.ok("user", "root", why)
                        : Finding.warning(
                                "user",
                                host.user() + ", not root",
                                why,
                                host.prompt().sluiceAsRoot("doctor")));
        findings.add(tun(host));
        findings.add(directory(host));
        return findings;
    }

    private static Finding tun(Host host) {
        final String why = "the end tap:NAME makes an interface of the kernel's by it";
        if (host.open(TUN)) {
            return Finding.ok("TAP", "/" + TUN, why);
        }
        if (host.exists(TUN)) {
            return Finding.warning("TAP", "/" + TUN + " may not be opened by this user", why);
        }
        return switch (KernelModule.of(host, "tun")) {
            case ABSENT -> Finding.warning("TAP", "the kernel has no module tun", why, KernelModule.otherKernel(host));
            case LOADABLE, LOADED ->
                Finding.warning(
                        "TAP",
                        "there is no /" + TUN,
                        why,
                        host.prompt().asRoot("modprobe tun"),
                        host.prompt().asRoot("mkdir -p /dev/net"),
                        host.prompt().asRoot("sh -c '[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200'"));
        };
    }

    private static Finding directory(Host host) {
        final String subject = "run directory";
        final String why = "guests find their backend's sockets there, which give access to packet memory";
        final String path = host.directory().path().toString();
        if (!Files.exists(host.directory().path())) {
            return Finding.ok(subject, path + ", made by the first backend", why);
        }
        try {
            host.directory().check();
            return Finding.ok(subject, path, why);
        } catch (IOException e) {
            return Finding.missing(
                    subject,
                    e.getMessage(),
                    why,
                    owned(host.directory().path()) ? "chmod 700 " + path : "export SLUICE_RUN=$HOME/.sluice");
        }
    }

    /** Whether only the directory's mode can be wrong. */
    private static boolean owned(Path directory) {
        try {
            return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(directory).equals(Files.getOwner(Path.of("/proc/self")));
        } catch (IOException e) {
            return false;
        }
    }
}
