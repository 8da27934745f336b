// SPDX-License-Identifier: Apache-2.0
/**
 * What there is to know of network cards, for people: the cards that processes of ours hold, which say it in a small file
 * each ({@link io.sluice.host.nic.NicReport} writes it, {@link io.sluice.host.nic.NicFiles} reads it), and the cards that
 * the kernel shows in sysfs. Nothing here touches a card, except that {@link io.sluice.host.nic.CardBinding} takes it from
 * one of the kernel's drivers and gives it to another.
 */
package io.sluice.host.nic;
