// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.NicFiles;
import io.sluice.host.nic.NicOrders;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What the processes of a test report of the cards that they hold. */
final class CardStatus {
    private CardStatus() {}

    static List<Nic> all(Scratch scratch) {
        try {
            return NicFiles.read(RuntimeDirectory.at(scratch.runDirectory())).nics();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The card called {@code name}, which one process holds. */
    static NicCard of(Scratch scratch, String name) {
        return all(scratch).stream()
                .filter(nic -> nic.name().equals(name))
                .map(Nic::card)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody reports a card " + name));
    }

    /**
     * Orders {@code faults} of the card called {@code name}, in the words of {@code sluice nic fault}; who holds it may be
     * too busy to be heard of for a while.
     */
    static void fault(Scratch scratch, String name, String... faults) {
        Await.until("the faults " + List.of(faults), Await.START, () -> {
            final Optional<Nic> card =
                    all(scratch).stream().filter(nic -> nic.name().equals(name)).findFirst();
            try {
                return card.isPresent()
                        && NicOrders.fault(RuntimeDirectory.at(scratch.runDirectory()), card.get(), List.of(faults))
                                != null;
            } catch (IOException e) {
                return false;
            }
        });
    }

    static long counter(Scratch scratch, String card, String register) {
        return of(scratch, card).counters().stream()
                .filter(counter -> counter.register().equals(register))
                .mapToLong(NicCard.Counter::count)
                .findFirst()
                .orElseThrow(() -> new AssertionError("card " + card + " has no counter " + register));
    }

    /** Waits until {@code card} has counted more than {@code frames} good ones in each direction. */
    static void awaitFrames(Scratch scratch, String card, long frames, Duration limit) {
        Await.until(
                "the counters of " + card,
                limit,
                () -> counter(scratch, card, "GPRC") > frames && counter(scratch, card, "GPTC") > frames);
    }
}
