// SPDX-License-Identifier: Apache-2.0
/**
 * The way of packets from a card through a ring to a card, measured turn by turn: cards in software fill and empty
 * descriptors, which is not timed, and the driver's side works on a ring's worth of them, which is.
 */
package io.sluice.tests.bench.card;
