// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A part of a file that the peer has passed, as memory. The mapping outlives the descriptor.
 *
 * <p>What lies behind the file's end is refused: to touch it would be a SIGBUS. That the peer shortens the file afterwards
 * cannot be helped unless it is sealed; the JVM then throws an InternalError where it is touched.
 */
final class MappedFile implements AutoCloseable {
    private final long address;
    private final long mappedAddress;
    private final long mappedBytes;

    private MappedFile(long address, long mappedAddress, long mappedBytes) {
        this.address = address;
        this.mappedAddress = mappedAddress;
        this.mappedBytes = mappedBytes;
    }

    /**
     * Maps {@code [offset, offset + lengthBytes)} of the file; {@code descriptor} stays the caller's. In a file of huge
     * pages the mapping has some of them around the part.
     *
     * @throws PosixException where the descriptor is no file, the file is shorter, or it cannot be mapped
     */
    static MappedFile map(int descriptor, long offset, long lengthBytes) {
        final String what = "mapping a file of the peer's: offset=" + Long.toUnsignedString(offset) + " bytes="
                + Long.toUnsignedString(lengthBytes);
        final long fileBytes = fileBytes(descriptor);
        if (offset < 0 || lengthBytes <= 0 || lengthBytes > fileBytes - offset) {
            throw new PosixException(what + " of " + fileBytes, Errno.EINVAL);
        }
        final long pageBytes = SharedMemory.pageBytes(descriptor);
        if (pageBytes < 0) {
            throw new PosixException(what, (int) pageBytes);
        }
        final long before = offset & (pageBytes - 1);
        final long mappedBytes = (before + lengthBytes + pageBytes - 1) & -pageBytes;
        final long mapped = SharedMemory.mapPart(descriptor, offset - before, mappedBytes);
        if (mapped < 0 && mapped > -Protocol.PAGE_BYTES) {
            throw new PosixException(what, (int) mapped);
        }
        return new MappedFile(mapped + before, mapped, mappedBytes);
    }

    /** How long a regular file is; 0 for anything else, which cannot be mapped then. */
    private static long fileBytes(int descriptor) {
        try {
            final BasicFileAttributes attributes =
                    Files.readAttributes(Path.of("/proc/self/fd/" + descriptor), BasicFileAttributes.class);
            return attributes.isRegularFile() ? attributes.size() : 0;
        } catch (IOException e) {
            throw new PosixException("stat of a file of the peer's (" + e + ")", Errno.EBADF);
        }
    }

    /** Where the part begins in this process. */
    long address() {
        return address;
    }

    /** Unmaps; no thread may touch it any more. */
    @Override
    public void close() {
        SharedMemory.unmap(mappedAddress, mappedBytes);
    }
}
