// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MILLISECOND;
import static io.sluice.host.ixgbe.Registers.SECOND;
import static io.sluice.host.ixgbe.register.LinkRegisters.*;

import io.sluice.host.ixgbe.LinkState.Phase;
import java.util.Optional;

/**
 * Brings a card's link up and keeps it up, as long as {@link Card#maintain} is called.
 *
 * <pre>
 *                    ┌──── nothing in the cage ────┐
 *                    ▼                             │
 *   DOWN ──ask──▶ NO_MODULE ──every second──▶     ask ◀──── not up after linkRetryNanos ──┐
 *     │                                            │                                      │
 *     └────────────────────ask─────────────────────┴──▶ NEGOTIATING ──LINKS.UP──▶ UP      │
 *                                                         ▲    │                  │       │
 *                                                         │    └──────────────────┼───────┘
 *                                                         └────── LINKS.UP gone ──┘
 * </pre>
 * Some cards stay without a link after they were asked for one, and have it when asked again: so it asks for as long as
 * there is none, with the laser off and on in between, and says what it waits for.
 */
public final class LinkMonitor implements CardPart {
    private static final long MODULE_NANOS = SECOND;
    private static final long AWAIT_NANOS = 10 * MILLISECOND;

    private final Registers registers;
    private final CardKind kind;
    private final LinkStarter starter;
    private final long retryNanos;
    private volatile LinkState state = LinkState.DOWN;
    private volatile long losses;
    private volatile long attempts;
    private long deadline;

    LinkMonitor(Registers registers, CardKind kind, LinkStarter starter, long retryNanos) {
        this.registers = registers;
        this.kind = kind;
        this.starter = starter;
        this.retryNanos = retryNanos;
    }

    /** What is known now. */
    public LinkState state() {
        return state;
    }

    /** Whether packets go through now. */
    public boolean up() {
        return state.up();
    }

    /** How often the link was lost since the card was opened. */
    public long losses() {
        return losses;
    }

    /** How often the link was asked for since the card was opened. */
    public long attempts() {
        return attempts;
    }

    /** What is in the cage; empty where nothing answers, or the card has no cage. Takes tens of milliseconds. */
    public Optional<SfpModule> module() throws CardException {
        synchronized (registers) {
            return starter.module();
        }
    }

    /** What the module in the cage measures of itself; empty where none does. Takes tens of milliseconds. */
    public Optional<SfpMonitor> monitor() throws CardException {
        synchronized (registers) {
            return starter.monitor();
        }
    }

    /**
     * Waits until the link is up.
     *
     * @return false when {@code timeoutNanos} are over before; {@link #state} says what it waits for
     */
    public boolean awaitUp(long timeoutNanos) {
        final long end = registers.clock().nanos() + timeoutNanos;
        while (true) {
            check();
            if (up()) {
                return true;
            }
            if (registers.clock().nanos() - end >= 0) {
                return false;
            }
            registers.sleep(AWAIT_NANOS);
        }
    }

    /** Asks for the link after a reset. */
    @Override
    public void program() {
        ask(false);
    }

    /** Looks once, and does what is next. */
    void check() {
        synchronized (registers) {
            // 8.2.3.22.20: reading twice shows the present, as the first read may show what was latched
            registers.read(LINKS);
            final int links = registers.read(LINKS);
            final boolean up = (links & LINKS_UP) != 0 && !(links == -1 && registers.gone());
            switch (state.phase()) {
                case UP -> {
                    if (!up) {
                        losses++;
                        await(new LinkState(Phase.NEGOTIATING, 0, "the link, which was lost"), retryNanos);
                    }
                }
                case NEGOTIATING -> {
                    if (up) {
                        state = new LinkState(Phase.UP, kind.speedMegabits(links), "");
                    } else if (due()) {
                        ask(true);
                    }
                }
                case NO_MODULE -> {
                    if (due()) {
                        ask(true);
                    }
                }
                case DOWN, GONE -> {
                    // the card is being reset, or no longer answers: program() comes next
                }
            }
        }
    }

    /** The card is being reset, or is gone. */
    void stopped(Phase phase, String waitingFor) {
        losses += up() ? 1 : 0;
        state = new LinkState(phase, 0, waitingFor);
    }

    private boolean due() {
        return registers.clock().nanos() - deadline >= 0;
    }

    private void ask(boolean again) {
        attempts++;
        LinkState asked;
        try {
            asked = starter.start(again);
        } catch (CardException e) {
            asked = new LinkState(Phase.NEGOTIATING, 0, "another try: " + e.getMessage());
        }
        if (again && asked.phase() == Phase.NEGOTIATING) {
            asked = new LinkState(
                    asked.phase(), 0, asked.waitingFor() + " (asked " + attempts + " times, " + signal() + ")");
        }
        await(asked, asked.phase() == Phase.NO_MODULE ? MODULE_NANOS : retryNanos);
    }

    private String signal() {
        return (registers.read(LINKS) & LINKS_SIGNAL_MASK) != 0 ? "a signal arrives" : "no signal arrives";
    }

    private void await(LinkState next, long nanos) {
        state = next;
        deadline = registers.clock().nanos() + nanos;
    }
}
