// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Devices in the hands of a process: the ioctl(2) calls of linux/vfio.h (Documentation/driver-api/vfio.rst). A container
 * holds groups and one IOMMU address space for them, a group holds devices; all are descriptors. Methods return a result or
 * {@code -errno}.
 *
 * <pre>
 *   vfio_iommu_type1_dma_map    32 bytes:  0 argsz u32   4 flags u32   8 vaddr u64    16 iova u64    24 size u64
 *   vfio_iommu_type1_dma_unmap  24 bytes:  0 argsz u32   4 flags u32   8 iova u64     16 size u64
 *   vfio_irq_set                20 bytes:  0 argsz u32   4 flags u32   8 index u32    12 start u32   16 count u32
 *                                          20 eventfds i32 each
 *   vfio_device_bind_iommufd    16 bytes:  0 argsz u32   4 flags u32   8 iommufd i32  12 out_devid u32
 *   vfio_device_attach_iommufd_pt  12 bytes:  0 argsz u32   4 flags u32   8 pt_id u32
 * </pre>
 * Structures that a kernel may make longer are read into a buffer by {@link #ask}.
 */
public final class Vfio {
    /** VFIO_API_VERSION: the only one there has been. */
    public static final int API_VERSION = 0;

    /** VFIO_TYPE1v2_IOMMU, VFIO_NOIOMMU_IOMMU: what a container can be asked for. */
    public static final int TYPE1_V2 = 3;

    /** Group flags. */
    public static final int GROUP_VIABLE = 1;

    /** vfio_device_info, 20 bytes: 4 flags u32, 8 num_regions u32, 12 num_irqs u32. */
    public static final long DEVICE_INFO = request(7);

    public static final int DEVICE_INFO_BYTES = 20;
    public static final int DEVICE_RESETS = 1;
    public static final int DEVICE_IS_PCI = 1 << 1;

    /** vfio_region_info, 32 bytes: 4 flags u32, 8 index u32, 12 cap_offset u32, 16 size u64, 24 offset u64. */
    public static final long REGION_INFO = request(8);

    public static final int REGION_INFO_BYTES = 32;
    public static final int REGION_MMAP = 1 << 2;
    public static final int REGION_CAPABILITIES = 1 << 3;

    /** Capability of a region: 8 nr_areas u32, 16 areas of 16 bytes: 0 offset u64, 8 size u64. */
    public static final int REGION_SPARSE_MMAP = 1;

    /** vfio_irq_info, 16 bytes: 4 flags u32, 8 index u32, 12 count u32. */
    public static final long INTERRUPT_INFO = request(9);

    public static final int INTERRUPT_INFO_BYTES = 16;

    /** vfio_iommu_type1_info, 20 bytes and 4 of padding: 4 flags u32, 8 iova_pgsizes u64, 16 cap_offset u32. */
    public static final long IOMMU_INFO = request(12);

    public static final int IOMMU_INFO_BYTES = 24;
    public static final int IOMMU_PAGE_SIZES = 1;
    public static final int IOMMU_CAPABILITIES = 1 << 1;

    /** Capability of a container: 8 nr_iovas u32, 16 ranges of 16 bytes: 0 start u64, 8 end u64, the last address. */
    public static final int IOMMU_RANGES = 1;

    /** A PCI device's regions: BARs from 0 on, the expansion ROM, configuration space. */
    public static final int PCI_CONFIG_REGION = 7;

    /** A PCI device's interrupts: INTx 0, MSI 1, MSI-X 2, errors 3, the wish that the device be given back 4. */
    public static final int PCI_MSIX = 2;

    static final int MAP_BYTES = 32;
    static final int UNMAP_BYTES = 24;
    static final int IRQ_SET_BYTES = 20;
    static final int BIND_BYTES = 16;
    static final int ATTACH_BYTES = 12;
    private static final int GROUP_STATUS_BYTES = 8;

    private static final int MAP_READ_WRITE = 0b11;
    private static final int DATA_NONE = 1;
    private static final int DATA_EVENTFD = 1 << 2;
    private static final int ACTION_TRIGGER = 1 << 5;

    private Vfio() {}

    /** _IO(';', 100 + n). */
    static long request(int number) {
        return ';' << 8 | 100 + number;
    }

    /** VFIO_GET_API_VERSION of a container. */
    public static int apiVersion(int container) {
        return Ioctl.call(container, request(0), 0);
    }

    /** VFIO_CHECK_EXTENSION: 1 where a container can have that kind of IOMMU, else 0. */
    public static int supports(int container, int kind) {
        return Ioctl.call(container, request(1), kind);
    }

    /** VFIO_SET_IOMMU, after a group was put in. EPERM: interrupts cannot be remapped, which the kernel deems unsafe. */
    public static int useIommu(int container, int kind) {
        return Ioctl.call(container, request(2), kind);
    }

    /** VFIO_GROUP_GET_STATUS: the group's flags. */
    public static int groupFlags(int group) {
        try (Arena arena = Arena.ofConfined()) {
            final long status = structure(arena, GROUP_STATUS_BYTES);
            final int result = Ioctl.call(group, request(3), status);
            return result < 0 ? result : Memory.intAt(status + 4);
        }
    }

    /** VFIO_GROUP_SET_CONTAINER. EPERM, EBUSY: a driver of the kernel's has a device of the group. */
    public static int setContainer(int group, int container) {
        return withInt(group, request(4), container);
    }

    /** VFIO_GROUP_GET_DEVICE_FD of the device that sysfs calls {@code name}: a descriptor. ENODEV: not bound to VFIO. */
    public static int device(int group, String name) {
        try (Arena arena = Arena.ofConfined()) {
            return Ioctl.call(group, request(6), arena.allocateFrom(name).address());
        }
    }

    /**
     * Calls {@code request} with {@code structure}, a direct buffer in native order whose capacity becomes argsz. A kernel
     * that would have said more has put the length it needs there.
     */
    public static int ask(int descriptor, long request, ByteBuffer structure) {
        structure.putInt(0, structure.capacity());
        try {
            return Ioctl.call(
                    descriptor, request, MemorySegment.ofBuffer(structure).address());
        } finally {
            Reference.reachabilityFence(structure);
        }
    }

    /**
     * VFIO_IOMMU_MAP_DMA, readable and writable by devices: pins the memory. ENOMEM: more than the process may lock
     * (getrlimit(2), RLIMIT_MEMLOCK). EEXIST: something is mapped there. EINVAL: no address of the IOMMU's.
     */
    public static int mapDma(int container, long address, long lengthBytes, long deviceAddress) {
        try (Arena arena = Arena.ofConfined()) {
            final long map = structure(arena, MAP_BYTES);
            Memory.intAt(map + 4, MAP_READ_WRITE);
            Memory.longAt(map + 8, address);
            Memory.longAt(map + 16, deviceAddress);
            Memory.longAt(map + 24, lengthBytes);
            return Ioctl.call(container, request(13), map);
        }
    }

    /** VFIO_IOMMU_UNMAP_DMA of exactly what was mapped. */
    public static int unmapDma(int container, long lengthBytes, long deviceAddress) {
        try (Arena arena = Arena.ofConfined()) {
            final long unmap = structure(arena, UNMAP_BYTES);
            Memory.longAt(unmap + 8, deviceAddress);
            Memory.longAt(unmap + 16, lengthBytes);
            return Ioctl.call(container, request(14), unmap);
        }
    }

    /**
     * VFIO_DEVICE_SET_IRQS: interrupts from {@code start} on signal {@code eventDescriptors}, those of -1 nothing. The first
     * call for an {@code index} switches it on, and how many there are then is how many older kernels ever know: a
     * positive result says that there were no more than so many, and that none was set. EBUSY: another index is on.
     */
    public static int setInterrupts(int device, int index, int start, int... eventDescriptors) {
        try (Arena arena = Arena.ofConfined()) {
            final int bytes = IRQ_SET_BYTES + Integer.BYTES * eventDescriptors.length;
            final long set = interruptSet(arena, bytes, DATA_EVENTFD, index, start, eventDescriptors.length);
            for (int i = 0; i < eventDescriptors.length; i++) {
                Memory.intAt(set + IRQ_SET_BYTES + (long) Integer.BYTES * i, eventDescriptors[i]);
            }
            return Ioctl.call(device, request(10), set);
        }
    }

    /** VFIO_DEVICE_SET_IRQS: switches interrupts {@code index} off. */
    public static int disableInterrupts(int device, int index) {
        try (Arena arena = Arena.ofConfined()) {
            return Ioctl.call(device, request(10), interruptSet(arena, IRQ_SET_BYTES, DATA_NONE, index, 0, 0));
        }
    }

    /** VFIO_DEVICE_RESET: what its registers were told is gone, configuration space stays. EAGAIN: it is in use. */
    public static int reset(int device) {
        return Ioctl.call(device, request(11), 0);
    }

    /** VFIO_DEVICE_BIND_IOMMUFD of a device opened by itself, the first thing that it takes: the device's number there. */
    public static int bind(int device, int iommufd) {
        try (Arena arena = Arena.ofConfined()) {
            final long bind = structure(arena, BIND_BYTES);
            Memory.intAt(bind + 8, iommufd);
            final int result = Ioctl.call(device, request(18), bind);
            return result < 0 ? result : Memory.intAt(bind + 12);
        }
    }

    /** VFIO_DEVICE_ATTACH_IOMMUFD_PT: the device uses address space {@code space} of its iommufd from now on. */
    public static int attach(int device, int space) {
        try (Arena arena = Arena.ofConfined()) {
            final long attach = structure(arena, ATTACH_BYTES);
            Memory.intAt(attach + 8, space);
            return Ioctl.call(device, request(19), attach);
        }
    }

    private static long interruptSet(Arena arena, int bytes, int data, int index, int start, int count) {
        final long set = structure(arena, bytes);
        Memory.intAt(set + 4, data | ACTION_TRIGGER);
        Memory.intAt(set + 8, index);
        Memory.intAt(set + 12, start);
        Memory.intAt(set + 16, count);
        return set;
    }

    private static int withInt(int descriptor, long request, int value) {
        try (Arena arena = Arena.ofConfined()) {
            final long address = arena.allocate(Integer.BYTES, Integer.BYTES).address();
            Memory.intAt(address, value);
            return Ioctl.call(descriptor, request, address);
        }
    }

    /** Zeros, whose first number says how many they are. */
    private static long structure(Arena arena, int bytes) {
        final long address = arena.allocate(bytes, Long.BYTES).address();
        Memory.intAt(address, bytes);
        return address;
    }
}
