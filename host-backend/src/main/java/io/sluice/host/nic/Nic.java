// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.util.Optional;

/**
 * A card and where it was found.
 *
 * @param holder the process of ours that holds it; empty for one found in sysfs
 * @param slot where it sits on the PCI bus; empty for a model, and for one behind a socket
 */
public record Nic(NicCard card, Optional<NicHolder> holder, Optional<PciSlot> slot) {
    /**
     * What a card has done in a time, per second. Bits are those of frames without check sequence, preamble and gap.
     *
     * @param linkChanges in all of that time
     */
    public record Rate(
            double received,
            double receivedBits,
            double transmitted,
            double transmittedBits,
            double dropped,
            long linkChanges) {}

    static Nic held(NicCard card, NicHolder holder) {
        return new Nic(card, Optional.of(holder), Optional.empty());
    }

    static Nic onBus(NicCard card, PciSlot slot) {
        return new Nic(card, Optional.empty(), Optional.of(slot));
    }

    /** The same card, which a process of ours holds, with what sysfs says of its slot. */
    public Nic in(PciSlot place) {
        return new Nic(card, holder, Optional.of(place));
    }

    public String name() {
        return card.identity().name();
    }

    /** Tells two cards apart that are called the same because two processes hold a model each. */
    public String key() {
        return name() + '@' + holder.map(NicHolder::process).orElse(0L);
    }

    /** When its numbers were right, in nanoseconds since 1970. */
    public long countedNanos() {
        return card.traffic().atNanos();
    }

    /** The rate since {@code before}; empty where no time has passed or the counters have begun anew. */
    public Optional<Rate> rateSince(Nic before) {
        final NicCard.Traffic now = card.traffic();
        final NicCard.Traffic then = before.card.traffic();
        final double seconds = (now.atNanos() - then.atNanos()) / 1e9;
        final boolean anew = now.receivedPackets() < then.receivedPackets()
                || now.receivedBytes() < then.receivedBytes()
                || now.transmittedPackets() < then.transmittedPackets()
                || now.transmittedBytes() < then.transmittedBytes()
                || now.dropped() < then.dropped();
        if (seconds <= 0 || anew) {
            return Optional.empty();
        }
        return Optional.of(new Rate(
                (now.receivedPackets() - then.receivedPackets()) / seconds,
                (now.receivedBytes() - then.receivedBytes()) * 8 / seconds,
                (now.transmittedPackets() - then.transmittedPackets()) / seconds,
                (now.transmittedBytes() - then.transmittedBytes()) * 8 / seconds,
                (now.dropped() - then.dropped()) / seconds,
                Math.max(0, card.link().changes() - before.card.link().changes())));
    }
}
