// SPDX-License-Identifier: Apache-2.0
/**
 * vfio-user, the protocol by which a PCI function in one process serves a driver in another, over a unix stream socket
 * (QEMU's documentation, interop/vfio-user). Both roles: {@link io.sluice.host.pci.vfiouser.VfioUserServer} serves a
 * {@link io.sluice.host.pci.PciFunction} to a virtual machine or to a driver, {@link
 * io.sluice.host.pci.vfiouser.VfioUserDoor} is the driver's door to such a server.
 *
 * <pre>
 *   {@link io.sluice.host.pci.vfiouser.MessageStream}   whole messages on a socket, with their descriptors
 *   {@link io.sluice.host.pci.vfiouser.Protocol}        numbers and layouts
 *   {@link io.sluice.host.pci.vfiouser.Capabilities}    what the two ends agree on at the start
 *
 *   {@link io.sluice.host.pci.vfiouser.Session}         the commands of one client: what is answered
 *     {@link io.sluice.host.pci.vfiouser.Regions}         configuration space and BARs
 *     {@link io.sluice.host.pci.vfiouser.ClientMemory}    memory for DMA
 *     {@link io.sluice.host.pci.vfiouser.Interrupts}      eventfds
 * </pre>
 * Neither end trusts the other. What cannot be a message ends the connection by a named {@link
 * io.sluice.host.pci.vfiouser.Disconnect}; what is one and asks for what there is not is answered by an error.
 */
package io.sluice.host.pci.vfiouser;
