// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import java.util.List;

/**
 * How the demo has ended.
 *
 * @param cards what the cards at its ends have counted; none where it has other ends
 * @param trafficNanos for how long packets could enter
 * @param faults what went wrong beside the account: a guest that did not end well
 */
public record DemoResult(Account account, List<CardEntry> cards, long trafficNanos, List<String> faults) {
    public DemoResult {
        cards = List.copyOf(cards);
        faults = List.copyOf(faults);
    }

    /** Whether packets crossed the chain both ways, all are accounted for, and all guests ended well. */
    public boolean success() {
        return accounted() && account.hasPackets() && faults.isEmpty();
    }

    /** Whether every packet is accounted for, by the chain and by its cards. */
    public boolean accounted() {
        return account.closes() && cards.stream().allMatch(card -> card.faults().isEmpty());
    }
}
