// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.Iommufd;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.Vfio;

/** A space by iommufd, for devices that are opened each by its own file (Linux 6.6 with CONFIG_VFIO_DEVICE_CDEV). */
final class IommufdSpace extends DmaSpace {
    private static final long PAGE_BYTES = 4096;

    private final int iommufd;
    private final int space;

    private IommufdSpace(String group, int iommufd, int space) {
        super(group);
        this.iommufd = iommufd;
        this.space = space;
    }

    static IommufdSpace create(SlotFiles files) throws VfioException {
        final int iommufd = OpenFile.open(files.iommuFile(), OpenFile.READ_WRITE);
        if (iommufd < 0) {
            throw files.failure(
                    "opening " + files.iommuFile() + ": " + Errno.describe(iommufd),
                    iommufd == -Errno.EACCES
                            ? files.letIn(files.iommuFile())
                            : "to load what makes it, type: modprobe iommufd");
        }
        final int space = Iommufd.newSpace(iommufd);
        if (space < 0) {
            Descriptors.close(iommufd);
            throw files.failure("the IOMMU gives no address space: " + Errno.describe(space), "'dmesg' may say why");
        }
        return new IommufdSpace(files.groupName(), iommufd, space);
    }

    @Override
    int attach(SlotFiles files) throws VfioException, BusyException {
        final String file = files.deviceFile();
        final int device = OpenFile.open(file, OpenFile.READ_WRITE);
        if (device < 0) {
            throw files.failure("opening " + file + ": " + Errno.describe(device), files.letIn(file));
        }
        final int bound = Vfio.bind(device, iommufd);
        final int attached = bound < 0 ? bound : Vfio.attach(device, space);
        if (attached >= 0) {
            return device;
        }
        Descriptors.close(device);
        // EINVAL: the device's file is open twice, and the other has been bound.
        if (bound == -Errno.EBUSY || bound == -Errno.EINVAL) {
            throw new BusyException(file);
        }
        throw bound == -Errno.EPERM
                ? TypeOneSpace.notViable(files)
                : files.failure("its IOMMU does not take it: " + Errno.describe(attached), "'dmesg' may say why");
    }

    @Override
    long[] ranges() {
        final long[] ranges = Iommufd.ranges(iommufd, space);
        return ranges == null ? new long[] {0, -1} : ranges;
    }

    @Override
    long pageBytes() {
        return PAGE_BYTES;
    }

    @Override
    int mapMemory(long address, long lengthBytes, long deviceAddress) {
        return Iommufd.map(iommufd, space, address, lengthBytes, deviceAddress);
    }

    @Override
    int unmapMemory(long lengthBytes, long deviceAddress) {
        return Iommufd.unmap(iommufd, space, lengthBytes, deviceAddress);
    }

    /** Address space and memory go with the descriptor. */
    @Override
    void release() {
        Descriptors.close(iommufd);
    }
}
