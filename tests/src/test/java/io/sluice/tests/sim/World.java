// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One scheduler and one clock for everybody, driven by a seed: the same seed, the same run.
 *
 * <p>There are no threads. Who is in the middle of a step can let others take steps ({@link #interleave}), and is itself
 * not scheduled until it goes on: so a guest that is stopped between two of its stores is a call that has not returned.
 */
final class World {
    private static final long MAX_STEP_NANOS = 2_000_000;
    private static final int MAX_INTERLEAVED = 6;

    private final SplittableRandom random;
    private final List<Actor> actors = new ArrayList<>();
    private final Set<Actor> inTheMiddle = new HashSet<>();
    private final Runnable check;
    private final Tally tally;
    private long nowNanos = 1;
    private boolean frozen;
    private long steps;

    /** A world in which {@code check} is called after every step. */
    World(long seed, Tally tally, Runnable check) {
        this.tally = tally;
        this.random = new SplittableRandom(seed);
        this.check = check;
    }

    Tally tally() {
        return tally;
    }

    void add(Actor actor) {
        actors.add(actor);
    }

    SplittableRandom random() {
        return random;
    }

    /** True once in {@code times}, on average. */
    boolean onceIn(int times) {
        return random.nextInt(times) == 0;
    }

    long nowNanos() {
        return nowNanos;
    }

    /** Stops the clock: nobody wakes up any more unless somebody else wakes him. */
    void freeze() {
        frozen = true;
    }

    boolean frozen() {
        return frozen;
    }

    /** Whether {@code actor} is in the middle of a step. */
    boolean inTheMiddle(Actor actor) {
        return inTheMiddle.contains(actor);
    }

    /** Lets somebody take a step; false where nobody ever will. */
    boolean step() {
        List<Actor> runnable = runnable();
        if (runnable.isEmpty()) {
            if (frozen || !sleepOn()) {
                return false;
            }
            runnable = runnable();
        } else if (!frozen) {
            nowNanos += random.nextLong(MAX_STEP_NANOS);
        }
        if (!runnable.isEmpty()) {
            final Actor actor = runnable.get(random.nextInt(runnable.size()));
            inTheMiddle.add(actor);
            try {
                actor.step();
            } finally {
                inTheMiddle.remove(actor);
            }
        }
        steps++;
        check.run();
        return true;
    }

    long steps() {
        return steps;
    }

    private List<Actor> runnable() {
        final List<Actor> runnable = new ArrayList<>();
        for (Actor actor : actors) {
            if (!inTheMiddle.contains(actor) && actor.runnable()) {
                runnable.add(actor);
            }
        }
        return runnable;
    }

    /** Puts the clock on to when the next one is due. */
    private boolean sleepOn() {
        long next = Long.MAX_VALUE;
        for (Actor actor : actors) {
            if (!inTheMiddle.contains(actor)) {
                next = Math.min(next, actor.dueNanos());
            }
        }
        if (next == Long.MAX_VALUE) {
            return false;
        }
        nowNanos = Math.max(nowNanos, next);
        return true;
    }

    /**
     * Called in the middle of a step: others may take some of theirs before it goes on. The more are in the middle of one
     * already, the more rarely, or all of them would seem dead to the others most of the time.
     */
    void interleave() {
        if (onceIn(4 * inTheMiddle.size() * inTheMiddle.size())) {
            for (int left = 1 + random.nextInt(MAX_INTERLEAVED); left > 0 && step(); left--) {
                // somebody has taken a step
            }
        }
    }
}
