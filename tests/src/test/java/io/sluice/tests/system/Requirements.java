// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.shared.posix.TunTap;
import io.sluice.tests.Precondition;
import java.nio.file.Files;
import java.nio.file.Path;

/** The preconditions that tests of the whole system share. */
final class Requirements {
    private Requirements() {}

    /** Network namespaces with TAP interfaces in them, and the tools to set them up and to ping. */
    static void networkNamespaces() {
        Precondition.requireRoot();
        Precondition.require(Files.exists(Path.of(TunTap.DEVICE)), TunTap.DEVICE + ": modprobe tun");
        Precondition.requireCommands("ip", "ping", "unshare");
        final Commands.Result probe = Commands.attempt("unshare", "--net", "true");
        Precondition.require(probe.exitCode() == 0, "network namespaces: " + probe.output());
    }

    /** QEMU, and what the guest image is made with. */
    static void virtualMachines() {
        Precondition.requireCommands("qemu-system-x86_64", "apt-get", "dpkg-deb", "cpio", "lz4");
    }

    /** What the machine of a judge is made with, and whatever it takes to have one. */
    static void judges() {
        Precondition.requireCommands("apt-get", "dpkg-deb", "cpio", "lz4", "setpriv");
        Recipe.QEMU.make();
        Recipe.JUDGE.make();
    }
}
