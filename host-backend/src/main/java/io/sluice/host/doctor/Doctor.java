// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.doctor;

import io.sluice.host.nic.Prompt;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at a host from all sides, without changing anything. */
public final class Doctor {
    /** The machine's own files. */
    public static final Path ROOT = Path.of("/");

    private static final List<Check> CHECKS = List.of(
            new PermissionsCheck(),
            new IommuCheck(),
            new CardsCheck(),
            new HugePagesCheck(),
            new LockedMemoryCheck(),
            new ProcessorsCheck(),
            new MachinesCheck());

    private Doctor() {}

    /**
     * All that was looked at, in the order to show.
     *
     * @param root where the machine's files are
     * @param directory where backends keep theirs
     * @throws IOException where something that is there cannot be read
     */
    public static List<Finding> examine(Path root, RuntimeDirectory directory) throws IOException {
        return examine(
                Host.at(root, directory, Prompt.ofProcess(), System.getProperty("user.name", "USER"), Programs.SYSTEM));
    }

    static List<Finding> examine(Host host) throws IOException {
        final List<Finding> findings = new ArrayList<>();
        for (Check check : CHECKS) {
            findings.addAll(check.look(host));
        }
        return findings;
    }
}
