// SPDX-License-Identifier: Apache-2.0
/**
 * The door to cards on this machine's PCI bus without an IOMMU: sysfs for configuration space and registers, physical
 * addresses for DMA, as a card sees them that nothing watches. Whoever uses it can overwrite any memory of the machine; so
 * what the card may still do is stopped before memory is given back, also where this process is killed.
 */
package io.sluice.host.pci.uio;
