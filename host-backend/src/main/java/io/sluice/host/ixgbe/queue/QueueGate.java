// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.ixgbe.QueueOwner;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Who may touch a queue: the thread that moves packets through it, or whoever resets the card. The first asks once a turn,
 * the other one waits until it has.
 *
 * <pre>
 *              pause            next turn           lost              resume             next turn
 *   RUNNING  ────────▶  ASKED  ──────────▶  PAUSED  ─────▶  LOST  ──────────▶  RESUMED  ──────────▶  RUNNING
 * </pre>
 */
public final class QueueGate implements QueueOwner {
    /** What a thread may do in this turn. */
    enum Turn {
        /** Work. */
        OPEN,
        /** Touch nothing of the queue. */
        SHUT,
        /** As {@link #SHUT}; the card has let go of everything, and what was in flight is lost. */
        LOST,
        /** Begin at descriptor 0, then work. */
        BEGUN
    }

    private enum State {
        RUNNING,
        ASKED,
        PAUSED,
        LOST,
        RESUMED,
        LEFT
    }

    private final String name;
    private final QueueBell bell;
    private final AtomicReference<State> state = new AtomicReference<>(State.RESUMED);
    private volatile String reason = "";

    /** A gate of the queue that messages call {@code name}, whose thread nobody wakes, open to its first turn. */
    public QueueGate(String name) {
        this(name, QueueBell.NONE);
    }

    /** As the other one, and the queue's thread is woken by {@code bell}, to which the gate's owner rings as well. */
    public QueueGate(String name, QueueBell bell) {
        this.name = name;
        this.bell = bell;
    }

    /** What wakes the queue's thread. */
    QueueBell bell() {
        return bell;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void pause(String why) {
        reason = why;
        state.updateAndGet(now -> switch (now) {
            case RUNNING, ASKED -> State.ASKED;
            case PAUSED, RESUMED -> State.PAUSED;
            case LOST, LEFT -> now;
        });
        bell.ring();
    }

    @Override
    public boolean paused() {
        final State now = state.get();
        return now != State.RUNNING && now != State.ASKED;
    }

    @Override
    public void lost() {
        state.compareAndSet(State.PAUSED, State.LOST);
    }

    @Override
    public void resume() {
        reason = "";
        state.updateAndGet(now -> now == State.LEFT ? State.LEFT : State.RESUMED);
        bell.ring();
    }

    /** Why the queue rests, or an empty text. */
    public String reason() {
        return reason;
    }

    /** The thread touches the queue never again. */
    void leave() {
        state.set(State.LEFT);
    }

    /** What the thread may do now; once a turn, by that thread. */
    Turn turn() {
        final State now = state.get();
        return now == State.RUNNING ? Turn.OPEN : change(now);
    }

    private Turn change(State now) {
        return switch (now) {
            case ASKED -> {
                state.compareAndSet(State.ASKED, State.PAUSED);
                yield Turn.SHUT;
            }
            case RESUMED -> state.compareAndSet(State.RESUMED, State.RUNNING) ? Turn.BEGUN : Turn.SHUT;
            case LOST -> Turn.LOST;
            default -> Turn.SHUT;
        };
    }
}
