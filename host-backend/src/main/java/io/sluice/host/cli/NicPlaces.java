// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.Prompt;
import io.sluice.host.nic.SysfsCards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where commands about cards find what they are about. */
final class NicPlaces {
    @Option(
            names = "--run-directory",
            paramLabel = "DIR",
            description = "Where the backends keep their files, if their configuration says so.")
    private Path runDirectory;

    @Option(names = "--sysfs", paramLabel = "DIR", hidden = true, description = "Where sysfs is, for tests.")
    private Path sysfs = SysfsCards.ROOT;

    /**
     * Throws where this user cannot give the machine's cards to anybody.
     *
     * @param command the command that it takes, without the program's name
     */
    void needRoot(String command) throws IOException {
        final Prompt prompt = Prompt.ofProcess();
        if (sysfs.equals(SysfsCards.ROOT) && !prompt.root()) {
            throw new IOException("this needs root: " + prompt.sluiceAsRoot(command));
        }
    }

    RuntimeDirectory directory() {
        return runDirectory == null ? RuntimeDirectory.ofProcess() : RuntimeDirectory.at(runDirectory);
    }

    Path sysfs() {
        return sysfs;
    }
}
