// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.SECOND;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Notices when a card no longer works, and brings it back without a program having to end: the owners of its queues are
 * asked to let go, the card is reset, what was in flight is counted as lost, and everything is set up as it was.
 *
 * <pre>
 *   WORKING ──fault──▶ PAUSING ──all owners paused──▶ RESETTING ──set up again──▶ WORKING
 *      │                  │                             │   ▲
 *      │                  └──no answer──▶ GONE ◀────────┤   └── again after a second, as often as it takes
 *      └──no answer──▶ PAUSING            └──answers────┘
 * </pre>
 * Faults are: registers read as ones (the card was pulled, or its bus was lost); the mark that a driver runs it is gone
 * (someone else has reset it); a transmit queue does not move though the link is up.
 */
public final class CardHealth {
    /** How a card is. */
    public enum Phase {
        WORKING,
        /** Its queues' owners are asked to let go. */
        PAUSING,
        /** It is being reset and set up. */
        RESETTING,
        /** It does not answer. */
        GONE
    }

    /**
     * How a card is.
     *
     * @param reason the latest fault, empty where there was none
     */
    public record State(Phase phase, String reason) {}

    /** How a card is reset and set up again. */
    interface Recovery {
        /** Whether the card answers; one that had no power is let answer. */
        boolean answers();

        /** On return the card touches no memory any more. */
        void stop() throws CardException;

        /** Adds up what a card that answers has counted, which a {@link #stop} would take. */
        void account();

        /** Sets up what a {@link #stop} took. */
        void start() throws CardException;
    }

    private static final long RETRY_NANOS = SECOND;

    private final Registers registers;
    private final FaultDetector faults;
    private final LinkMonitor link;
    private final Recovery recovery;
    private final List<QueueOwner> owners = new CopyOnWriteArrayList<>();
    private volatile State state = new State(Phase.WORKING, "");
    private volatile long resets;
    private String fault = "";
    private boolean lost;
    private long retryAt;

    CardHealth(Registers registers, FaultDetector faults, LinkMonitor link, Recovery recovery) {
        this.registers = registers;
        this.faults = faults;
        this.link = link;
        this.recovery = recovery;
    }

    /**
     * From now on {@code owner} is asked before the card is reset and told after; before it enables its queues. Where the
     * card is being brought back just now, it waits for that as the others do.
     */
    public void add(QueueOwner owner) {
        synchronized (registers) {
            if (state.phase() != Phase.WORKING) {
                owner.pause(fault);
                if (lost) {
                    owner.lost();
                }
            }
            owners.add(owner);
        }
    }

    /** Takes {@link #add} back, after its queues were disabled. */
    public void remove(QueueOwner owner) {
        synchronized (registers) {
            owners.remove(owner);
        }
    }

    /** How it is now. */
    public State state() {
        return state;
    }

    /** How often it was brought back. */
    public long resets() {
        return resets;
    }

    /** Resets the card at the next {@link Card#maintain}, because of {@code reason}. */
    public void reset(String reason) {
        synchronized (registers) {
            if (state.phase() == Phase.WORKING) {
                pause(reason);
            }
        }
    }

    /** Looks once, and does what is next; true where the card works. */
    boolean check() {
        switch (state.phase()) {
            case WORKING -> faults.look().ifPresent(this::pause);
            case PAUSING -> {
                final List<QueueOwner> busy =
                        owners.stream().filter(owner -> !owner.paused()).toList();
                if (busy.isEmpty()) {
                    recover();
                } else {
                    state = new State(
                            Phase.PAUSING,
                            fault + "; waits for " + busy.getFirst().name() + " to let go");
                }
            }
            case RESETTING, GONE -> {
                if (registers.clock().nanos() - retryAt >= 0) {
                    recover();
                }
            }
        }
        return state.phase() == Phase.WORKING;
    }

    private void pause(String reason) {
        fault = reason;
        state = new State(Phase.PAUSING, reason);
        lost = false;
        link.stopped(LinkState.Phase.DOWN, "the card to be reset");
        owners.forEach(owner -> owner.pause(reason));
    }

    private void recover() {
        if (!recovery.answers()) {
            // Nothing is written any more. A card that does not answer its bus reaches no memory either; a program that
            // plays one and hangs may: it is trusted with the memory that it has mapped, as docs/card.md says.
            state = new State(Phase.GONE, fault);
            link.stopped(LinkState.Phase.GONE, "the card to answer again");
            lose();
            retryAt = registers.clock().nanos() + RETRY_NANOS;
            return;
        }
        try {
            state = new State(Phase.RESETTING, fault);
            if (!lost) {
                recovery.account();
            }
            recovery.stop();
            lose();
            recovery.start();
        } catch (CardException e) {
            state = new State(Phase.RESETTING, fault + "; then " + e.getMessage());
            retryAt = registers.clock().nanos() + RETRY_NANOS;
            return;
        }
        faults.forget();
        resets++;
        state = new State(Phase.WORKING, fault);
        owners.forEach(QueueOwner::resume);
    }

    private void lose() {
        if (!lost) {
            lost = true;
            owners.forEach(QueueOwner::lost);
        }
    }
}
