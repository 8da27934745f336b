// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

/**
 * The queues of one port.
 *
 * <pre>
 *                          receive    transmit      transmit
 *                                     to its end    answers
 *   queue pair n           n          n             16 + n
 *   pool p (of 64)         2p         2p            2p + 1
 * </pre>
 *
 * Each ring that ends at a card has a transmit queue of its own, and so has each ring that begins there and may send
 * packets back.
 */
record QueueNumbers(int receive, int transmit, int answer) {
    static QueueNumbers ofPair(int pair) {
        return new QueueNumbers(pair, pair, CardAddress.MAX_QUEUE_PAIRS + pair);
    }

    static QueueNumbers ofPool(int pool) {
        return new QueueNumbers(2 * pool, 2 * pool, 2 * pool + 1);
    }
}
