// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import io.sluice.host.nic.NicCard;
import java.util.ArrayList;
import java.util.List;

/**
 * What a card at an end of the demo's chain has counted, beside what the chain has: the two are counted by different
 * programs, the card's registers and the ring's stages, and must be the same.
 *
 * @param received packets that the card has put into buffers of its receive queues (QPRC)
 * @param entered packets that have entered the ring that begins there
 * @param transmitted packets that the card has sent from its transmit queues (QPTC)
 * @param left packets that have left the ring that ends there
 * @param dropped packets that came to the card while it had no descriptors: before the chain was open, or when it was full
 */
public record CardEntry(
        String card, String wire, long received, long entered, long transmitted, long left, long dropped) {
    static CardEntry of(NicCard card, long entered, long left) {
        return new CardEntry(
                card.identity().name(),
                card.identity().wire(),
                packets(card, true),
                entered,
                packets(card, false),
                left,
                card.traffic().dropped());
    }

    private static long packets(NicCard card, boolean receives) {
        return card.queues().stream()
                .filter(queue -> queue.receives() == receives && queue.packets() != NicCard.UNKNOWN)
                .mapToLong(NicCard.Queue::packets)
                .sum();
    }

    /** What does not add up, in words; nothing where all does. */
    public List<String> faults() {
        final List<String> faults = new ArrayList<>();
        if (received != entered) {
            faults.add(
                    card + " has received " + received + " packets, and " + entered + " have entered the chain there");
        }
        if (transmitted != left) {
            faults.add(
                    card + " has transmitted " + transmitted + " packets, and " + left + " have left the chain there");
        }
        return faults;
    }
}
