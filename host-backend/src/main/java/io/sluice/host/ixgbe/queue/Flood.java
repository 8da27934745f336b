// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;

/**
 * Gives packets to several cards, or to one that has not had the packets before: some at a time, each slot word being read
 * once and checked for all of them.
 */
final class Flood {
    /** Packets at a time: what is looked up for each card counts little beside them, and the last card waits little. */
    private static final int MOST = 64;

    private final CardOutput[] cards;
    private final long[] words;
    private final int period;
    private final int headroom;

    /**
     * For {@code cards}, null where an output is none.
     *
     * @param period packets after which each card is told of them
     * @param headroom where packets begin
     */
    Flood(CardOutput[] cards, int period, int headroom) {
        this.cards = cards.clone();
        this.words = new long[MOST];
        this.period = period;
        this.headroom = headroom;
    }

    /**
     * Gives packets of {@code stage} from the slot at {@code position} on, up to the first that does not go to the same
     * outputs as the first one, begins elsewhere than at the headroom, or is too short or too long.
     *
     * @param most slots to look at
     * @return how many were given; 0 where one of the outputs is no card or cannot take a packet
     */
    int give(Stage stage, long position, int most) {
        final long first = Memory.longOpaque(stage.slotAddress(position));
        final int wanted = SlotWord.outputs(first);
        if (wanted == 0 || SlotWord.offset(first) != headroom || wanted >>> cards.length != 0) {
            return 0;
        }
        int maxLength = stage.bufferBytes() - headroom;
        int room = Math.min(most, words.length);
        for (int left = wanted; left != 0; left &= left - 1) {
            final CardOutput card = cards[Integer.numberOfTrailingZeros(left)];
            if (card == null || !card.sends() || !card.queue().reach(position)) {
                return 0;
            }
            maxLength = Math.min(maxLength, card.maxLengthBytes());
            room = Math.min(room, card.queue().room());
        }
        final int count = gather(stage, first, position, room, maxLength);
        if (count > 0) {
            for (int left = wanted; left != 0; left &= left - 1) {
                cards[Integer.numberOfTrailingZeros(left)].queue().putAll(words, count, period);
            }
        }
        return count;
    }

    private int gather(Stage stage, long first, long position, int most, int maxLength) {
        final long[] words = this.words;
        final long slots = stage.slotsAddress();
        final int slotMask = stage.ring().slots() - 1;
        final long kind = first & TransmitQueue.PLACE_MASK;
        final int span = maxLength - TransmitDescriptor.MIN_LENGTH;
        long word = first;
        int count = 0;
        while ((word & TransmitQueue.PLACE_MASK) == kind
                && Integer.compareUnsigned(SlotWord.length(word) - TransmitDescriptor.MIN_LENGTH, span) <= 0) {
            words[count] = SlotWord.length(word) | TransmitDescriptor.PACKET;
            if (++count == most) {
                break;
            }
            word = Memory.longOpaque(slots + (position + count & slotMask) * SlotWord.SLOT_BYTES);
        }
        return count;
    }
}
