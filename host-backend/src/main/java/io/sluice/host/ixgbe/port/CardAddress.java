// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands behind {@code ixgbe:}, for example {@code model0}, {@code model0-3}, {@code /run/nic.sock}.
 *
 * @param card which card
 * @param queuePair which of its queue pairs, from 0
 */
public record CardAddress(String card, int queuePair) {
    /** RSS spreads packets over at most so many queues (7.1.2.8). */
    public static final int MAX_QUEUE_PAIRS = 16;

    private static final Pattern MODEL = Pattern.compile("(model[A-Za-z0-9_.]{0,40})(?:-([0-9]{1,2}))?");
    private static final Pattern PCI =
            Pattern.compile("((?:[0-9a-fA-F]{4}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7])(?:-([0-9]{1,2}))?");

    /** Where a card is. */
    public enum Place {
        /** A program in this process. */
        MODEL,
        /** A program behind a vfio-user socket. */
        SOCKET,
        /** In this machine. */
        SLOT
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException where it names no card, saying what would
     */
    public static CardAddress parse(String address) {
        if (address.startsWith("/")) {
            return new CardAddress(address, 0);
        }
        for (Pattern pattern : new Pattern[] {MODEL, PCI}) {
            final Matcher matcher = pattern.matcher(address);
            if (matcher.matches()) {
                final int queuePair = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
                if (queuePair >= MAX_QUEUE_PAIRS) {
                    throw new IllegalArgumentException(
                            "queue pair " + queuePair + ": a card has 0 to " + (MAX_QUEUE_PAIRS - 1));
                }
                return new CardAddress(matcher.group(1), queuePair);
            }
        }
        throw new IllegalArgumentException("is no card: write model0 for a card in software, model0-1 for its second"
                + " queue pair, 0000:03:00.0 for the card in that slot, or the path of a vfio-user socket");
    }

    /** Where that card is. */
    public Place place() {
        if (card.startsWith("/")) {
            return Place.SOCKET;
        }
        return card.startsWith("model") ? Place.MODEL : Place.SLOT;
    }
}
