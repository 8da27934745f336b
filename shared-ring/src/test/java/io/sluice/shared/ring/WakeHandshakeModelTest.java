// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Every execution of the {@code wakeAt} handshake on processors with store buffers (x86-TSO): one stage publishes a few
 * slots and falls silent, the next one consumes them and sleeps in between. A state from which nobody can go on
 * although slots are left is a lost wake-up; there is none, and there is one as soon as either full fence is missing.
 */
class WakeHandshakeModelTest {
    private static final int SLOTS = 3;
    private static final int NEVER = 99;
    private static final int NOTHING = -1;

    /** What is missing from the protocol, to see that the model notices. */
    private enum Missing {
        NOTHING,
        SLEEPERS_FENCE,
        PUBLISHERS_FENCE,
        SECOND_LOOK
    }

    /** Where the publisher stands. */
    private enum Publisher {
        STORE,
        LOOK,
        FENCE,
        LAST_LOOK,
        SILENT
    }

    /** Where the sleeper stands. */
    private enum Sleeper {
        CONSUME,
        ARM,
        FENCE,
        LOOK,
        ASLEEP,
        DISARM,
        DONE
    }

    /**
     * Memory, the two threads, and one buffered store each ({@code NOTHING} where empty). A second store waits for the
     * first to drain: a deeper buffer only delays what a full one delays already.
     */
    private record State(
            int position,
            int wakeAt,
            int storedPosition,
            int storedWakeAt,
            Publisher publisher,
            int published,
            int kickedFor,
            Sleeper sleeper,
            int consumed,
            boolean bell) {

        State drainPublisher() {
            return new State(
                    storedPosition,
                    wakeAt,
                    NOTHING,
                    storedWakeAt,
                    publisher,
                    published,
                    kickedFor,
                    sleeper,
                    consumed,
                    bell);
        }

        State drainSleeper() {
            return new State(
                    position,
                    storedWakeAt,
                    storedPosition,
                    NOTHING,
                    publisher,
                    published,
                    kickedFor,
                    sleeper,
                    consumed,
                    bell);
        }

        State publisher(Publisher next) {
            return new State(
                    position,
                    wakeAt,
                    storedPosition,
                    storedWakeAt,
                    next,
                    published,
                    kickedFor,
                    sleeper,
                    consumed,
                    bell);
        }

        State store() {
            return new State(
                    position,
                    wakeAt,
                    published + 1,
                    storedWakeAt,
                    Publisher.LOOK,
                    published + 1,
                    kickedFor,
                    sleeper,
                    consumed,
                    bell);
        }

        /** The kick is a system call, so the position is visible before the bell is. */
        State kick(Publisher next) {
            return new State(
                    published, wakeAt, NOTHING, storedWakeAt, next, published, wakeAt, sleeper, consumed, true);
        }

        State sleeper(Sleeper next, int nowConsumed) {
            return new State(
                    position,
                    wakeAt,
                    storedPosition,
                    storedWakeAt,
                    publisher,
                    published,
                    kickedFor,
                    next,
                    nowConsumed,
                    bell);
        }

        State storeWakeAt(int value, Sleeper next) {
            return new State(
                    position, wakeAt, storedPosition, value, publisher, published, kickedFor, next, consumed, bell);
        }

        State awake() {
            return new State(
                    position,
                    wakeAt,
                    storedPosition,
                    storedWakeAt,
                    publisher,
                    published,
                    kickedFor,
                    Sleeper.DISARM,
                    consumed,
                    false);
        }
    }

    private static List<State> successors(State s, Missing missing) {
        final List<State> next = new ArrayList<>();
        if (s.storedPosition != NOTHING) {
            next.add(s.drainPublisher());
        }
        if (s.storedWakeAt != NOTHING) {
            next.add(s.drainSleeper());
        }
        publisherSteps(s, missing, next);
        sleeperSteps(s, missing, next);
        return next;
    }

    private static void publisherSteps(State s, Missing missing, List<State> next) {
        switch (s.publisher) {
            case STORE -> {
                if (s.storedPosition == NOTHING) {
                    next.add(s.store());
                }
            }
            case LOOK -> look(s, s.published < SLOTS ? Publisher.STORE : Publisher.FENCE, next);
            case FENCE -> {
                if (missing == Missing.SECOND_LOOK) {
                    next.add(s.publisher(Publisher.SILENT));
                } else if (s.storedPosition == NOTHING || missing == Missing.PUBLISHERS_FENCE) {
                    next.add(s.publisher(Publisher.LAST_LOOK));
                }
            }
            case LAST_LOOK -> look(s, Publisher.SILENT, next);
            case SILENT -> {}
        }
    }

    private static void look(State s, Publisher then, List<State> next) {
        next.add(s.published >= s.wakeAt && s.wakeAt != s.kickedFor ? s.kick(then) : s.publisher(then));
    }

    private static void sleeperSteps(State s, Missing missing, List<State> next) {
        switch (s.sleeper) {
            case CONSUME ->
                next.add(
                        s.position == SLOTS
                                ? s.sleeper(Sleeper.DONE, SLOTS)
                                : s.sleeper(s.position > s.consumed ? Sleeper.CONSUME : Sleeper.ARM, s.position));
            case ARM -> {
                if (s.storedWakeAt == NOTHING) {
                    next.add(s.storeWakeAt(s.consumed + 1, Sleeper.FENCE));
                }
            }
            case FENCE -> {
                if (s.storedWakeAt == NOTHING || missing == Missing.SLEEPERS_FENCE) {
                    next.add(s.sleeper(Sleeper.LOOK, s.consumed));
                }
            }
            case LOOK -> next.add(s.sleeper(s.position > s.consumed ? Sleeper.DISARM : Sleeper.ASLEEP, s.consumed));
            case ASLEEP -> {
                if (s.bell) {
                    next.add(s.awake());
                }
            }
            case DISARM -> {
                if (s.storedWakeAt == NOTHING) {
                    next.add(s.storeWakeAt(NEVER, Sleeper.CONSUME));
                }
            }
            case DONE -> {}
        }
    }

    /** How many reachable states have no way on although slots are left. */
    private static int stuck(Missing missing) {
        final State start = new State(0, NEVER, NOTHING, NOTHING, Publisher.STORE, 0, NEVER, Sleeper.CONSUME, 0, false);
        final Set<State> seen = new HashSet<>(Set.of(start));
        final Deque<State> open = new ArrayDeque<>(seen);
        int stuck = 0;
        while (!open.isEmpty()) {
            final State state = open.pop();
            final List<State> next = successors(state, missing);
            if (next.isEmpty() && state.sleeper != Sleeper.DONE) {
                stuck++;
            }
            for (State successor : next) {
                if (seen.add(successor)) {
                    open.push(successor);
                }
            }
        }
        assertThat(seen.size()).isGreaterThan(100);
        return stuck;
    }

    @Test
    void shouldNeverLoseAWakeUp() {
        assertThat(stuck(Missing.NOTHING)).isZero();
    }

    @Test
    void shouldNeedBothFencesAndTheSecondLook() {
        assertThat(stuck(Missing.SLEEPERS_FENCE)).isPositive();
        assertThat(stuck(Missing.PUBLISHERS_FENCE)).isPositive();
        assertThat(stuck(Missing.SECOND_LOOK)).isPositive();
    }
}
