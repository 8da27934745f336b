// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/**
 * Who moves packets through queues of a card, as recovery needs to know them. A reset takes all queues at once:
 *
 * <pre>
 *   recovery's thread                       the queues' thread
 *   pause(reason)                     ──▶   ends its turn, touches neither tail nor descriptors any more
 *   asks paused() until that is true  ◀──   says so
 *   resets the card: no DMA any more
 *   lost()                                  counts what was in flight as lost, so that its account closes,
 *                                           and makes descriptors as for a first start
 *   enables the queues, heads and tails 0
 *   resume()                          ──▶   begins at descriptor 0
 * </pre>
 *
 * Where the card is gone for good, {@link #lost} is the last call. All calls come from one thread, which waits for none.
 */
public interface QueueOwner {
    /** What messages call it. */
    String name();

    /** Asks to touch the queues no more, because of {@code reason}. */
    void pause(String reason);

    /** Whether nobody touches the queues any more; true from the start where no thread does. */
    boolean paused();

    /** The card has let go of all memory: what was in flight is lost. Called while paused. */
    void lost();

    /** The queues are enabled as they were, heads and tails at 0, and the owner's again. */
    void resume();
}
