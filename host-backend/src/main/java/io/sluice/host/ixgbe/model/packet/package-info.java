// SPDX-License-Identifier: Apache-2.0
/**
 * The packet engine of the software 82599: descriptors, filters, queues and offloads between a driver's memory and a
 * {@link io.sluice.host.ixgbe.model.packet.Wire}. Numbers in brackets are sections of the datasheet.
 *
 * <p>What a driver gives it is not trusted: each address goes through {@link io.sluice.host.pci.DmaMap}, each length and
 * index has a bound, and what makes no sense is counted as {@link io.sluice.host.ixgbe.model.packet.Misuse}.
 *
 * <p>What a card may leave undone is left undone: frames are never coalesced (RSC), headers never split from payloads,
 * and packets that a driver asks flow director, the five-tuple or the SYN filter for go where RSS says. There is one
 * packet buffer, so traffic classes share it; frames are not mirrored between pools, nor is their source checked.
 */
package io.sluice.host.ixgbe.model.packet;
