// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.nic.BindNotes;
import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicFiles;
import io.sluice.host.nic.PciSlot;
import io.sluice.host.nic.SysfsCards;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Which cards a command is about, and where they are looked for. */
final class NicScope {
    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description =
                    "A card's name, as list shows it (model0, 0000:03:00.0), or its interface (eth2); all cards where it"
                            + " is left out.")
    private String name;

    @Mixin
    private NicPlaces places;

    /** The cards there are now; what was found of processes that are gone, and removed, goes to {@code err}. */
    List<Nic> find(PrintWriter err) throws IOException {
        final NicFiles.Found found = NicFiles.read(places.directory());
        found.removed().forEach(err::println);
        err.flush();
        final List<Nic> onBus = new SysfsCards(places.sysfs(), new BindNotes(places.directory()).all()).find();
        final List<Nic> nics = new ArrayList<>();
        found.nics()
                .forEach(held -> nics.add(slot(held.name(), onBus).map(held::in).orElse(held)));
        onBus.stream()
                .filter(nic -> nics.stream().noneMatch(held -> held.name().equals(nic.name())))
                .forEach(nics::add);
        nics.removeIf(nic -> name != null && !isMeant(nic));
        return nics;
    }

    private static Optional<PciSlot> slot(String name, List<Nic> onBus) {
        return onBus.stream().filter(nic -> nic.name().equals(name)).findFirst().flatMap(Nic::slot);
    }

    /** By the name that list shows, or, of a card on the bus, by {@code 03:00.0} or its interface. */
    private boolean isMeant(Nic nic) {
        return nic.name().equals(name)
                || nic.slot()
                        .filter(slot -> slot.address().equals("0000:" + name)
                                || slot.interfaces().contains(name))
                        .isPresent();
    }

    /** That there is no such card, and what to do. */
    String nobody() {
        final String where = name == null
                ? "there is no card of the 82599's family in " + places.sysfs()
                        + ", and no process holds one or a model"
                : "there is no card '" + name + "' in " + places.sysfs() + ", and no process holds one of that name"
                        + ("; sluice nic list shows all");
        return where + " (reports would be in " + places.directory().path()
                + "). A model: sluice run 'ixgbe:model0?wire=tap:lan <=> guest:fw <=> tap:wan'";
    }
}
