// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.NicHolder;
import io.sluice.shared.memory.EpochClock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** What a card has counted until now, by the report of the process that holds it; two of these tell what came between. */
record CardCounts(Map<String, Long> counts) {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Waits for a report that was made after this is called. */
    static CardCounts now(Scratch scratch, String card) {
        final long asked = EpochClock.nanos();
        final AtomicReference<NicCard> found = new AtomicReference<>();
        Await.until("a report of card " + card, LIMIT, () -> {
            final Optional<Nic> fresh = CardStatus.all(scratch).stream()
                    .filter(nic -> nic.name().equals(card))
                    .filter(nic -> nic.holder().map(NicHolder::beatNanos).orElse(0L) > asked)
                    .findFirst();
            fresh.ifPresent(nic -> found.set(nic.card()));
            return fresh.isPresent();
        });
        return new CardCounts(found.get().counters().stream()
                .collect(Collectors.toMap(NicCard.Counter::register, NicCard.Counter::count)));
    }

    /** The counter {@code name}; 0 for one that a card shows only where there is something to count. */
    long of(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /** What {@code name} has counted since {@code earlier}. */
    long since(CardCounts earlier, String name) {
        return of(name) - earlier.of(name);
    }
}
