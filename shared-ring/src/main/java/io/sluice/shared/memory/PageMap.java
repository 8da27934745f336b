// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.memory;

import java.io.IOException;
import java.io.RandomAccessFile;

/**
 * Where in physical memory this process's pages lie (the kernel's Documentation/admin-guide/mm/pagemap): for devices that
 * have no IOMMU between them and memory.
 *
 * <pre>
 *   one u64 for each page of 4096 bytes, little-endian
 *     bits 0 to 54   page frame number; 0 for who has no CAP_SYS_ADMIN
 *     bit 63         the page is there
 * </pre>
 */
public final class PageMap {
    private static final long PAGE_BYTES = 4096;
    private static final long FRAME = (1L << 55) - 1;
    private static final long PRESENT = 1L << 63;

    private PageMap() {}

    /**
     * The physical addresses of the pages that begin at {@code address}, {@code address + pageBytes} and so on.
     *
     * @throws IOException where the kernel does not tell, with what to do
     */
    public static long[] physicalAddresses(long address, long lengthBytes, long pageBytes) throws IOException {
        final long[] addresses = new long[Math.toIntExact(lengthBytes / pageBytes)];
        try (RandomAccessFile pages = new RandomAccessFile("/proc/self/pagemap", "r")) {
            for (int i = 0; i < addresses.length; i++) {
                final long at = address + i * pageBytes;
                Memory.byteAt(at); // a page that nobody has touched is none yet
                pages.seek(at / PAGE_BYTES * Long.BYTES);
                addresses[i] = physical(Long.reverseBytes(pages.readLong()), at);
            }
        }
        return addresses;
    }

    private static long physical(long entry, long address) throws IOException {
        if ((entry & PRESENT) == 0) {
            throw new IOException("the page at 0x" + Long.toHexString(address) + " is not in memory");
        }
        final long frame = entry & FRAME;
        if (frame == 0) {
            throw new IOException("the kernel does not tell where memory lies (/proc/self/pagemap) to a process without"
                    + " CAP_SYS_ADMIN: run this as root, or bind the card to vfio-pci, which needs no such addresses");
        }
        return frame * PAGE_BYTES + address % PAGE_BYTES;
    }
}
