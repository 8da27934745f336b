// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.StatisticsRegisters.*;

import io.sluice.host.pci.PciDevice;
import io.sluice.shared.memory.EpochClock;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The card's counters in 64 bits. They clear when they are read, so one {@link #refresh} at a time adds what they have to
 * totals that any thread may read. Refreshing every second is enough: at line rate the byte counters, of 36 bits, take
 * 55 s to saturate.
 *
 * <p>Some of these registers share a page with the tails that packets' threads write. They are only ever read through
 * {@link PciDevice#read32}, so that a page that is mapped for the tails need not clear on a read.
 */
public final class CardStatistics implements CardPart {
    /** A pair's second register keeps the upper four of 36 bits. */
    private static final int HIGH_MASK = 0xF;

    private static final int EIGHT = 8;
    private static final int QUEUE_COUNTERS = 5;
    private static final int QUEUES_PER_MAP = 4;
    private static final int QUEUE_MAPS = 32;

    private final Registers registers;
    private final AtomicLongArray totals = new AtomicLongArray(Statistic.values().length);
    private final AtomicLongArray queues = new AtomicLongArray(STATISTICS_SETS * QUEUE_COUNTERS);
    private volatile long refreshedNanos = EpochClock.nanos();
    private boolean started;

    CardStatistics(Registers registers) {
        this.registers = registers;
    }

    /** What {@code statistic} has counted since the card was opened, as of the last refresh. */
    public long value(Statistic statistic) {
        return totals.get(statistic.ordinal());
    }

    /** What statistics set {@code set}, 0 to 15, has counted, as of the last refresh; set n counts queues n, n+16, ... */
    public QueueCounts queue(int set) {
        final int at = set * QUEUE_COUNTERS;
        return new QueueCounts(
                queues.get(at), queues.get(at + 1), queues.get(at + 2), queues.get(at + 3), queues.get(at + 4));
    }

    /** Reads all counters and adds them up. A card that is gone adds nothing. */
    public void refresh() {
        synchronized (registers) {
            if (!started || registers.gone()) {
                return;
            }
            final long[] counted = read();
            // one that went meanwhile has answered with ones
            if (!registers.gone()) {
                add(counted);
            }
        }
    }

    private void add(long[] counted) {
        final int statistics = totals.length();
        for (int i = 0; i < counted.length; i++) {
            if (i < statistics) {
                totals.addAndGet(i, counted[i]);
            } else {
                queues.addAndGet(i - statistics, counted[i]);
            }
        }
    }

    /**
     * 4.6.5: maps queues to sets, which a reset has undone, and reads everything once for it to be zero. What is read is
     * dropped: it is not ours.
     */
    @Override
    public void program() {
        for (int i = 0; i < QUEUE_MAPS; i++) {
            int map = 0;
            for (int part = 0; part < QUEUES_PER_MAP; part++) {
                map |= (i * QUEUES_PER_MAP + part) % STATISTICS_SETS << Byte.SIZE * part;
            }
            registers.write(rqsmr(i), map); // 8.2.3.23.71
            registers.write(tqsm(i), map); // 8.2.3.23.73
        }
        read();
        started = true;
    }

    /** When the counters were last read, in nanoseconds since 1970. */
    public long refreshedNanos() {
        return refreshedNanos;
    }

    /** Reads, and so clears, everything: what {@link #totals} has, and behind it what {@link #queues} has. */
    private long[] read() {
        final long[] counted = new long[totals.length() + queues.length()];
        for (Statistic statistic : Statistic.values()) {
            counted[statistic.ordinal()] = read(statistic);
        }
        for (int set = 0; set < STATISTICS_SETS; set++) {
            final int at = totals.length() + set * QUEUE_COUNTERS;
            counted[at] = one(qprc(set));
            counted[at + 1] = pair(qbrcL(set), qbrcH(set));
            counted[at + 2] = one(qprdc(set));
            counted[at + 3] = one(qptc(set));
            counted[at + 4] = pair(qbtcL(set), qbtcH(set));
        }
        refreshedNanos = EpochClock.nanos();
        return counted;
    }

    private long read(Statistic statistic) {
        final int offset = statistic.offset();
        return switch (statistic.shape()) {
            case ONE -> one(offset);
            case PAIR -> pair(offset, offset + Integer.BYTES);
            case EIGHT -> {
                long sum = 0;
                for (int i = 0; i < EIGHT; i++) {
                    sum += one(offset + Integer.BYTES * i);
                }
                yield sum;
            }
        };
    }

    private long one(int offset) {
        return Integer.toUnsignedLong(registers.read(offset));
    }

    /** Low first: reading the high register is what clears a pair. */
    private long pair(int low, int high) {
        final long value = one(low);
        return value | (long) (registers.read(high) & HIGH_MASK) << Integer.SIZE;
    }
}
