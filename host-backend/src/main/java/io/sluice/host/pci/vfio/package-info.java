// SPDX-License-Identifier: Apache-2.0
/**
 * The door to a card in this machine that Linux's VFIO hands over: the card reaches what is mapped for it and no other
 * memory, and the kernel keeps that promise also for a process that is killed.
 */
package io.sluice.host.pci.vfio;
