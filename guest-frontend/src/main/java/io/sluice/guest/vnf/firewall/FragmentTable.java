// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import io.sluice.guest.vnf.header.IpHeader;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.DropReason;
import java.util.Arrays;

/**
 * The verdicts on datagrams that arrive in fragments: only the first one shows the ports, the later ones follow it.
 *
 * <p>A fragment that comes before its first one is dropped, and so is one that overlaps what has passed already: the
 * receiver then sees each byte once and cannot be made to put together another datagram than the one that was judged
 * (RFC 1858, RFC 3128, RFC 5722). For this each datagram has a bit for each 8 bytes. A datagram is forgotten when all
 * of it has passed, when it times out, or when others need its place.
 */
final class FragmentTable {
    private static final int PASSED = 0;
    private static final int DENIED = 1;
    private static final int UNITS = 65536 / 8;
    private static final int SEEN_WORDS = UNITS / 64;

    private final FlowKey key;
    private final FlowTable table;
    private final long[] seenUnits;
    private final int[] seenCount;
    private final int[] totalUnits;

    /** Room for at least {@code datagrams}, which takes a little more than 1 KiB for each. */
    FragmentTable(int datagrams, long timeoutNanos, SipHash sipHash) {
        key = new FlowKey(sipHash);
        table = new FlowTable(datagrams, new long[] {timeoutNanos, timeoutNanos}, 0);
        seenUnits = new long[table.places() * SEEN_WORDS];
        seenCount = new int[table.places()];
        totalUnits = new int[table.places()];
    }

    /**
     * Notes the verdict on a first fragment.
     *
     * @param verdict null when it may pass
     * @return null when it may pass, {@link DropReason#FRAGMENT} when its datagram has already begun
     */
    DropReason first(IpHeader ip, int vlanKey, Direction direction, long nowNanos, DropReason verdict) {
        key.datagram(ip, vlanKey, direction);
        int place = table.find(key, nowNanos);
        if (place != FlowTable.NONE && state(place) == PASSED) {
            return DropReason.FRAGMENT;
        }
        final int state = verdict == null ? PASSED : DENIED;
        if (place == FlowTable.NONE) {
            place = table.insert(key, nowNanos, state);
        } else {
            table.info(place, state);
            table.touch(place, nowNanos);
        }
        if (state == PASSED) {
            Arrays.fill(seenUnits, place * SEEN_WORDS, (place + 1) * SEEN_WORDS, 0);
            seenCount[place] = 0;
            totalUnits[place] = 0;
            note(place, ip);
        }
        return verdict;
    }

    /** The verdict on a later fragment: null when it may pass. */
    DropReason later(IpHeader ip, int vlanKey, Direction direction, long nowNanos) {
        key.datagram(ip, vlanKey, direction);
        final int place = table.find(key, nowNanos);
        if (place == FlowTable.NONE) {
            return DropReason.FRAGMENT;
        }
        if (state(place) == DENIED) {
            return DropReason.DENIED;
        }
        if (!note(place, ip)) {
            return DropReason.FRAGMENT;
        }
        if (seenCount[place] == totalUnits[place]) {
            table.remove(place);
        }
        return null;
    }

    /** Datagrams that gave way to others before they were complete. */
    long evictions() {
        return table.evictions();
    }

    private int state(int place) {
        return (int) table.info(place);
    }

    /** Marks what a fragment covers; false, and no mark, when some of it is covered already or lies behind the end. */
    private boolean note(int place, IpHeader ip) {
        final int from = ip.fragmentOffset() / 8;
        final int to = from + (ip.fragmentLength() + 7) / 8;
        final int total = totalUnits[place];
        if (total != 0 && (to > total || !ip.moreFragments())) {
            return false;
        }
        final int base = place * SEEN_WORDS;
        for (int word = from / 64; word * 64 < to; word++) {
            if ((seenUnits[base + word] & bits(word, from, to)) != 0) {
                return false;
            }
        }
        for (int word = from / 64; word * 64 < to; word++) {
            seenUnits[base + word] |= bits(word, from, to);
        }
        seenCount[place] += to - from;
        if (!ip.moreFragments()) {
            totalUnits[place] = to;
        }
        return true;
    }

    /** The bits of {@code [from, to)} that fall into the {@code word}-th word. */
    private static long bits(int word, int from, int to) {
        final int low = Math.max(from - word * 64, 0);
        final int high = Math.min(to - word * 64, 64);
        return -1L >>> 64 - (high - low) << low;
    }
}
