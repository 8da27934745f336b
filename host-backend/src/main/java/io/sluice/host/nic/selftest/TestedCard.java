// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardClock;
import io.sluice.host.ixgbe.port.CardAddress;
import io.sluice.host.ixgbe.port.CardDoor;
import io.sluice.host.keeper.CardGuards;
import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicFiles;
import io.sluice.host.nic.NicHolder;
import io.sluice.host.nic.NicOrders;
import io.sluice.host.pci.PciDevice;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.util.List;

/** The card that a user names, found and opened for a test. */
public final class TestedCard implements AutoCloseable {
    private final CardGuards guards;
    private final CardDoor door;
    private final String name;
    private final String words;

    private TestedCard(CardGuards guards, CardDoor door, String name, String words) {
        this.guards = guards;
        this.door = door;
        this.name = name;
        this.words = words;
    }

    /**
     * Opens {@code name}: a model that somebody serves, by the name that sluice nic list shows; the path of a socket; a
     * card's address on the bus; or a model of this process.
     *
     * @param directory where processes report the cards that they have
     * @throws IOException where a backend has it, or it cannot be opened, with what to do
     * @throws IllegalArgumentException where that is no card's name
     */
    public static TestedCard open(RuntimeDirectory directory, String name) throws IOException {
        final List<Nic> held = NicFiles.read(directory).nics().stream()
                .filter(nic -> nic.name().equals(name))
                .toList();
        String card = name;
        for (Nic nic : held) {
            final NicHolder holder = nic.holder().orElseThrow();
            if (held.size() > 1 || !holder.role().equals("nic serve")) {
                throw new IOException(name + " is in use by process " + holder.process() + ", sluice " + holder.role()
                        + "; a test resets the card: stop that first"
                        + (held.size() > 1
                                ? ", or name the card's socket: several processes have one of that name"
                                : ""));
            }
            card = NicOrders.socket(directory, nic).toString();
        }
        final CardGuards guards = new CardGuards(directory, null);
        try {
            final CardDoor door = CardDoor.toLookAt(CardAddress.parse(card), guards);
            return new TestedCard(guards, door, name, door.words() + (card.equals(name) ? "" : ' ' + card));
        } catch (IOException | RuntimeException e) {
            guards.close();
            throw e;
        }
    }

    public PciDevice device() {
        return door.device();
    }

    public CardClock clock() {
        return door.clock();
    }

    /** As the user has named it. */
    public String name() {
        return name;
    }

    /** How it is reached, for a person. */
    public String door() {
        return words;
    }

    @Override
    public void close() {
        door.close();
        guards.close();
    }
}
