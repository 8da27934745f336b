// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.pacing.Waiting;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * Every second stage of each ring, worked on by one thread that never sleeps. Two processes, one with the even and one
 * with the odd stages, carry a chain of any even length between two cores, and each hop of a packet crosses over.
 */
final class Turns implements Role {
    private static final int TURNS_AT_ONCE = 32;

    private final List<List<Turn>> rings = new ArrayList<>();
    private final Waiting waiting = Waiting.of(WaitMode.SPIN, null);

    Turns(Directory directory, int parity, int touchedBytes) {
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            final List<Turn> turns = new ArrayList<>();
            for (int s = parity; s < ring.stageCount(); s += 2) {
                final Stage stage = new Stage(ring, s, Doorbell.NONE);
                turns.add(
                        s == 0
                                ? new Sender(stage, touchedBytes)
                                : s == ring.stageCount() - 1
                                        ? new Receiver(stage, touchedBytes)
                                        : new GuestFunction(stage));
            }
            rings.add(turns);
        }
    }

    /** Nanoseconds from the first packet's to the last one's turn here. */
    @Override
    public long[] slice(int ring, long packets) {
        final Turn[] turns = rings.get(ring).toArray(Turn[]::new);
        final long target = turns[0].position() + packets;
        long start = System.nanoTime();
        // A thread of ours enters its loop once and for all; this one comes back for every slice, and what it comes
        // back
        // to has to be compiled from its first line on.
        while (!someTurns(turns, target)) {
            start = System.nanoTime();
        }
        while (!finished(turns, target)) {
            someTurns(turns, target);
        }
        return new long[] {System.nanoTime() - start};
    }

    /** Some turns of all stages; whether there was anything to do. */
    private boolean someTurns(Turn[] turns, long target) {
        boolean worked = false;
        for (int i = 0; i < TURNS_AT_ONCE; i++) {
            int work = 0;
            for (Turn turn : turns) {
                work += turn.turn(target);
            }
            waiting.idle(work, null);
            worked |= work > 0;
        }
        return worked;
    }

    private static boolean finished(Turn[] turns, long target) {
        for (Turn turn : turns) {
            if (turn.position() < target) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long checksum() {
        return rings.stream()
                .flatMap(List::stream)
                .mapToLong(turn -> turn instanceof Receiver receiver ? receiver.sum() : 0)
                .sum();
    }

    static void check(boolean live) {
        if (!live) {
            throw new IllegalStateException("the ring was taken away, or a peer broke its rules");
        }
    }

    /** Slots that {@code stage} may work on before it asks again. */
    static int claim(Stage stage) {
        final int claimed = stage.claim();
        check(claimed >= 0);
        return claimed;
    }
}
