// SPDX-License-Identifier: Apache-2.0
/**
 * Cards as ends of chains: {@code ixgbe:NAME}. A backend has one {@link io.sluice.host.ixgbe.port.Cards}, which opens
 * each card once and hands its queue pairs to the chains that name it.
 */
package io.sluice.host.ixgbe.port;
