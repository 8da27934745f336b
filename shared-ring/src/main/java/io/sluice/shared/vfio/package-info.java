// SPDX-License-Identifier: Apache-2.0
/**
 * PCI devices in the hands of a process: Linux's VFIO, by a group and its container or, where the kernel has it, by iommufd
 * and the device's own file. A {@link io.sluice.shared.vfio.VfioDevice} has regions to read, write and map, interrupts that
 * signal eventfds, and memory that it reaches by addresses of our choosing and through an IOMMU: what is not mapped it
 * cannot touch. When the process ends, however it does, the kernel takes the device off its bus before it lets go of the
 * memory.
 */
package io.sluice.shared.vfio;
