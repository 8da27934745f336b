// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.shared.posix.TunTap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the machine must have for a test; where it has not, the test is skipped and says why. */
final class Requirements {
    private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin");

    private Requirements() {}

    /** Network namespaces with TAP interfaces in them, and the tools to set them up and to ping. */
    static void networkNamespaces() {
        assumeTrue(
                "root".equals(System.getProperty("user.name")), "network namespaces need root: run the tests as root");
        assumeTrue(Files.exists(Path.of(TunTap.DEVICE)), TunTap.DEVICE + " is missing: modprobe tun");
        tool("ip", "iproute2");
        tool("ping", "iputils-ping");
        final Commands.Result probe = Commands.attempt("unshare", "--net", "true");
        assumeTrue(probe.exitCode() == 0, "network namespaces cannot be made here: " + probe.output());
    }

    /** QEMU, and what the guest image is made with. */
    static void virtualMachines() {
        tool("qemu-system-x86_64", "qemu-system-x86");
        tool("apt-get", "apt");
        tool("dpkg-deb", "dpkg");
        tool("cpio", "cpio");
        tool("lz4", "lz4");
    }

    static void tool(String name, String debianPackage) {
        assumeTrue(
                FOLDERS.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, name))),
                name + " is not installed: apt-get install " + debianPackage);
    }
}
