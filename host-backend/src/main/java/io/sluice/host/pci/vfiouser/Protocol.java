// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

/**
 * The numbers and layouts of vfio-user 0.0 that both ends use. All integers are little-endian, as the hosts are that this
 * runs on (the protocol says: the host's own).
 *
 * <pre>
 *   header, 16 bytes, before every message
 *     0  id       u16   chosen by the sender of a command, the same in its reply
 *     2  command  u16
 *     4  size     u32   of the message with its header
 *     8  flags    u32   bits 0-3: 0 command, 1 reply; bit 4: no reply wanted; bit 5: reply of an error
 *     12 errno    u32   of such a reply
 *
 *   VERSION           0 major u16   2 minor u16   4 JSON text with its terminating zero
 *   DMA_MAP           0 argsz u32   4 flags u32   8 file offset u64   16 address u64   24 size u64   (one descriptor)
 *   DMA_UNMAP         0 argsz u32   4 flags u32   8 address u64   16 size u64
 *   GET_INFO          0 argsz u32   4 flags u32   8 regions u32   12 interrupt types u32
 *   GET_REGION_INFO   0 argsz u32   4 flags u32   8 index u32   12 capability offset u32   16 size u64
 *                     24 file offset u64   (one descriptor with the reply)
 *     sparse mmap     0 id u16      2 version u16  4 next u32   8 areas u32   16 offset u64, size u64 for each
 *   GET_IRQ_INFO      0 argsz u32   4 flags u32   8 index u32   12 count u32
 *   SET_IRQS          0 argsz u32   4 flags u32   8 index u32   12 start u32   16 count u32   20 booleans u8 (descriptors)
 *   REGION_READ/WRITE 0 offset u64  8 region u32  12 count u32  16 data
 *   WRITE_MULTI       0 writes u64  8 for each: offset u64, region u32, count u32, data u8[8]
 * </pre>
 */
final class Protocol {
    static final int HEADER_BYTES = 16;

    static final int VERSION = 1;
    static final int DMA_MAP = 2;
    static final int DMA_UNMAP = 3;
    static final int DEVICE_GET_INFO = 4;
    static final int DEVICE_GET_REGION_INFO = 5;
    static final int DEVICE_GET_IRQ_INFO = 7;
    static final int DEVICE_SET_IRQS = 8;
    static final int REGION_READ = 9;
    static final int REGION_WRITE = 10;
    static final int DEVICE_RESET = 13;
    static final int REGION_WRITE_MULTI = 15;
    static final int DEVICE_FEATURE = 16;

    static final int TYPE_MASK = 0xF;
    static final int TYPE_COMMAND = 0;
    static final int TYPE_REPLY = 1;
    static final int NO_REPLY = 1 << 4;
    static final int ERROR = 1 << 5;

    /** Versions of the protocol: only the major one says what cannot be understood. */
    static final int MAJOR = 0;

    static final int MINOR = 0;

    static final int VERSION_BYTES = 4;
    /** The JSON text is a few hundred bytes; nobody has a reason for more than this. */
    static final int MAX_VERSION_BYTES = 16 << 10;

    static final int DMA_MAP_BYTES = 32;
    static final int DMA_READABLE = 1;
    static final int DMA_WRITABLE = 1 << 1;
    /** libvfio-user's own: the descriptor is there to be mapped, which is what everybody does anyway. */
    static final int DMA_MMAP = 1 << 2;
    /** libvfio-user's own: the descriptor is there to be read and written, not to be mapped. */
    static final int DMA_FILE_IO = 1 << 3;

    static final int DMA_UNMAP_BYTES = 24;
    static final int DMA_UNMAP_ALL = 1 << 1;

    static final int INFO_BYTES = 16;
    static final int INFO_RESET = 1;
    static final int INFO_PCI = 1 << 1;

    static final int REGION_INFO_BYTES = 32;
    static final int REGION_READABLE = 1;
    static final int REGION_WRITABLE = 1 << 1;
    static final int REGION_MMAP = 1 << 2;
    static final int REGION_CAPABILITIES = 1 << 3;
    static final int SPARSE_MMAP = 1;
    static final int SPARSE_MMAP_VERSION = 1;
    static final int SPARSE_MMAP_BYTES = 16;
    static final int SPARSE_AREA_BYTES = 16;

    /** The regions of a PCI device: BAR 0 to 5, expansion ROM, configuration space, VGA (linux/vfio.h). */
    static final int REGIONS = 9;

    static final int BARS = 6;
    static final int CONFIG_REGION = 7;
    static final int CONFIG_BYTES = 4096;

    static final int IRQ_INFO_BYTES = 16;
    static final int IRQ_EVENTFD = 1;
    static final int IRQ_MASKABLE = 1 << 1;
    static final int IRQ_AUTOMASKED = 1 << 2;

    /** The interrupt types of a PCI device: INTx, MSI, MSI-X, error, request (linux/vfio.h). */
    static final int IRQ_TYPES = 5;

    static final int INTX = 0;
    static final int MSIX = 2;
    static final int BUS_ERROR = 3;

    static final int SET_IRQS_BYTES = 20;
    static final int DATA_NONE = 1;
    static final int DATA_BOOL = 1 << 1;
    static final int DATA_EVENTFD = 1 << 2;
    static final int DATA_MASK = 0b111;
    static final int ACTION_MASK = 1 << 3;
    static final int ACTION_UNMASK = 1 << 4;
    static final int ACTION_TRIGGER = 1 << 5;

    static final int ACCESS_BYTES = 16;
    static final int WRITE_MULTI_BYTES = 8;
    static final int WRITE_BYTES = 24;
    static final int WRITE_DATA_BYTES = 8;

    /** Descriptors that either end takes with one message; QEMU takes 16. */
    static final int MAX_DESCRIPTORS = 16;

    /** Descriptors that an end takes which says nothing of it. */
    static final int DEFAULT_DESCRIPTORS = 1;

    /** Most data of one access: what holds where nothing is said of it. */
    static final int MAX_TRANSFER_BYTES = 1 << 20;

    static final int MAX_MESSAGE_BYTES = HEADER_BYTES + ACCESS_BYTES + MAX_TRANSFER_BYTES;

    /**
     * Ranges of client memory at a time. 65,535 where nothing is said of it; but each range is a mapping, and 65,530 are
     * all that Linux lets a process have (vm.max_map_count), of which the JVM needs some for itself.
     */
    static final int MAX_DMA_MAPS = 16_384;

    static final int PAGE_BYTES = 4096;

    private Protocol() {}
}
