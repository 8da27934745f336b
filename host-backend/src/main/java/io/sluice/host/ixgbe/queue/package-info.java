// SPDX-License-Identifier: Apache-2.0
/**
 * Descriptor rings of a card as stages of rings, in TinyNF's manner (OSDI 2020): a slot, its buffer, and the descriptor
 * of that buffer in the receive ring and in each transmit ring go by one index, so that a packet is never moved and a
 * buffer never handed from one ring to another.
 *
 * <pre>
 *   position      P(last)                     submitted            P(0)                    P(last) + slots - 1
 *                    |   the cards transmit       |   stages work     |   the card receives        |
 *   transmit queue   head (written back)          tail                |                            |
 *   receive queue    |                                                next descriptor              tail
 * </pre>
 *
 * A queue begins at descriptor 0 whenever the card is told of it, at whatever position its ring is then: index is position
 * minus that one, modulo the ring. Descriptors and heads lie in memory that no guest sees.
 */
package io.sluice.host.ixgbe.queue;
