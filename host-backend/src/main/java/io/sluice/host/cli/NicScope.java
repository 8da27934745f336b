// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicFiles;
import io.sluice.host.nic.SysfsCards;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which cards a command is about, and where they are looked for. */
final class NicScope {
    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "A card's name, as list shows it: model0, 0000:03:00.0; all cards where it is left out.")
    private String name;

    @Option(
            names = "--run-directory",
            paramLabel = "DIR",
            description = "Where the backends keep their files, if their configuration says so.")
    private Path runDirectory;

    @Option(names = "--sysfs", paramLabel = "DIR", hidden = true, description = "Where sysfs is, for tests.")
    private Path sysfs = SysfsCards.ROOT;

    /** The cards there are now; what was found of processes that are gone, and removed, goes to {@code err}. */
    List<Nic> find(PrintWriter err) throws IOException {
        final NicFiles.Found found = NicFiles.read(directory());
        found.removed().forEach(err::println);
        err.flush();
        final List<Nic> nics = new ArrayList<>(found.nics());
        nics.addAll(new SysfsCards(sysfs).find());
        nics.removeIf(nic -> name != null && !nic.name().equals(name));
        return nics;
    }

    private RuntimeDirectory directory() {
        return runDirectory == null ? RuntimeDirectory.ofProcess() : RuntimeDirectory.at(runDirectory);
    }

    /** That there is no such card, and what to do. */
    String nobody() {
        final String where = name == null
                ? "there is no card of the 82599's family in " + sysfs + ", and no process holds one or a model"
                : "there is no card '" + name + "' in " + sysfs + ", and no process holds one of that name"
                        + ("; sluice nic list shows all");
        return where + " (reports would be in " + directory().path()
                + "). A model: sluice run 'ixgbe:model0?wire=tap:lan <=> guest:fw <=> tap:wan'";
    }
}
