// SPDX-License-Identifier: Apache-2.0
/**
 * PCI functions, from both sides. A driver works with a {@link io.sluice.host.pci.PciDevice}; what plays the device in
 * software is a {@link io.sluice.host.pci.PciFunction}. A door joins the two: in one process, or through a socket that
 * speaks vfio-user. Doors to cards that exist are devices only.
 */
package io.sluice.host.pci;
