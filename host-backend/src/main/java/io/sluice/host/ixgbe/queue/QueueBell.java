// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.shared.pacing.WaitSet;

/** What wakes a thread that waits for what a card writes to a queue's memory. */
public interface QueueBell {
    /** Nobody does: the thread looks at the memory again after a short time. */
    QueueBell NONE = new Unrung(false);

    /** The thread that waits is the one that plays the card: whatever ends its sleep, it looks at both. */
    QueueBell SAME_THREAD = new Unrung(true);

    /**
     * Before that thread sleeps: the next thing that the card writes ends the sleep. What it wrote before may do so as
     * well, or may not: the caller looks once more after this.
     *
     * @return false where nobody will tell, so that the sleep has to be short
     */
    boolean arm(WaitSet waitSet);

    /** Before that thread sleeps without waiting for the card: {@link #ring} ends the sleep, and the card may. */
    void listen(WaitSet waitSet);

    /** Ends the sleep, from any thread: its queue is to be let go, or may be used again. */
    void ring();

    /** How often it has ended a sleep, as seen some time ago. */
    long rings();

    /** A bell without a clapper. */
    record Unrung(boolean told) implements QueueBell {
        @Override
        public boolean arm(WaitSet waitSet) {
            return told;
        }

        @Override
        public void listen(WaitSet waitSet) {
            // there is nothing to hear
        }

        @Override
        public void ring() {
            // the thread looks by itself
        }

        @Override
        public long rings() {
            return 0;
        }
    }
}
