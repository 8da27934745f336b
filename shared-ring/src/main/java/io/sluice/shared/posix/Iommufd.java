// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;

/**
 * Address spaces for devices, from /dev/iommu: the ioctl(2) calls of linux/iommufd.h
 * (Documentation/userspace-api/iommufd.rst), Linux 6.2 and newer. Methods return a result or {@code -errno}.
 *
 * <pre>
 *   iommu_ioas_alloc        12 bytes:  0 size u32   4 flags u32    8 out_ioas_id u32
 *   iommu_ioas_iova_ranges  32 bytes:  0 size u32   4 ioas_id u32  8 num_iovas u32   12 zero   16 allowed_iovas pointer
 *                                      24 out_iova_alignment u64;  a range: 0 start u64   8 last u64
 *   iommu_ioas_map          40 bytes:  0 size u32   4 flags u32    8 ioas_id u32     12 zero   16 user_va u64
 *                                      24 length u64   32 iova u64
 *   iommu_ioas_unmap        24 bytes:  0 size u32   4 ioas_id u32  8 iova u64        16 length u64
 * </pre>
 */
public final class Iommufd {
    static final int ALLOCATE_BYTES = 12;
    static final int RANGES_BYTES = 32;
    static final int MAP_BYTES = 40;
    static final int UNMAP_BYTES = 24;

    private static final long IOAS_ALLOC = request(1);
    private static final long IOAS_IOVA_RANGES = request(4);
    private static final long IOAS_MAP = request(5);
    private static final long IOAS_UNMAP = request(6);

    private static final int FIXED_WRITEABLE_READABLE = 0b111;
    /** More holes than any IOMMU has. */
    private static final int MAX_RANGES = 256;

    private Iommufd() {}

    /** _IO(';', 0x80 + n). */
    static long request(int number) {
        return ';' << 8 | 0x80 + number;
    }

    /** IOMMU_IOAS_ALLOC: the number of a new address space. */
    public static int newSpace(int iommufd) {
        try (Arena arena = Arena.ofConfined()) {
            final long allocate = structure(arena, ALLOCATE_BYTES);
            final int result = Ioctl.call(iommufd, IOAS_ALLOC, allocate);
            return result < 0 ? result : Memory.intAt(allocate + 8);
        }
    }

    /**
     * IOMMU_IOAS_IOVA_RANGES: which addresses the devices attached to {@code space} leave, pairs of a first and a last one.
     *
     * @return null with EMSGSIZE and the like, which no IOMMU gives reason for
     */
    public static long[] ranges(int iommufd, int space) {
        try (Arena arena = Arena.ofConfined()) {
            final long array = arena.allocate(MAX_RANGES * 16L, Long.BYTES).address();
            final long ranges = structure(arena, RANGES_BYTES);
            Memory.intAt(ranges + 4, space);
            Memory.intAt(ranges + 8, MAX_RANGES);
            Memory.longAt(ranges + 16, array);
            if (Ioctl.call(iommufd, IOAS_IOVA_RANGES, ranges) < 0) {
                return null;
            }
            final long[] pairs = new long[2 * Memory.intAt(ranges + 8)];
            for (int i = 0; i < pairs.length; i++) {
                pairs[i] = Memory.longAt(array + (long) Long.BYTES * i);
            }
            return pairs;
        }
    }

    /**
     * IOMMU_IOAS_MAP at an address of the caller's, readable and writable by devices: pins the memory. ENOMEM: more than the
     * user may lock (getrlimit(2), RLIMIT_MEMLOCK). EEXIST, EADDRINUSE: something is mapped there.
     */
    public static int map(int iommufd, int space, long address, long lengthBytes, long deviceAddress) {
        try (Arena arena = Arena.ofConfined()) {
            final long map = structure(arena, MAP_BYTES);
            Memory.intAt(map + 4, FIXED_WRITEABLE_READABLE);
            Memory.intAt(map + 8, space);
            Memory.longAt(map + 16, address);
            Memory.longAt(map + 24, lengthBytes);
            Memory.longAt(map + 32, deviceAddress);
            return Ioctl.call(iommufd, IOAS_MAP, map);
        }
    }

    /** IOMMU_IOAS_UNMAP of exactly what was mapped. */
    public static int unmap(int iommufd, int space, long lengthBytes, long deviceAddress) {
        try (Arena arena = Arena.ofConfined()) {
            final long unmap = structure(arena, UNMAP_BYTES);
            Memory.intAt(unmap + 4, space);
            Memory.longAt(unmap + 8, deviceAddress);
            Memory.longAt(unmap + 16, lengthBytes);
            return Ioctl.call(iommufd, IOAS_UNMAP, unmap);
        }
    }

    /** Zeros, whose first number says how many they are. */
    private static long structure(Arena arena, int bytes) {
        final long address = arena.allocate(bytes, Long.BYTES).address();
        Memory.intAt(address, bytes);
        return address;
    }
}
