// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.Vfio;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A space by a group and its container, which every kernel with VFIO has: an IOMMU of type 1, version 2. */
final class TypeOneSpace extends DmaSpace {
    private static final int RANGES_BYTES = 16;
    private static final long SMALLEST_PAGE_BYTES = 4096;

    private final int container;
    private final int groupDescriptor;
    private long pageBytes = SMALLEST_PAGE_BYTES;

    private TypeOneSpace(String group, int container, int groupDescriptor) {
        super(group);
        this.container = container;
        this.groupDescriptor = groupDescriptor;
    }

    static TypeOneSpace create(SlotFiles files) throws VfioException, BusyException {
        final int container = OpenFile.open(files.containerFile(), OpenFile.READ_WRITE);
        if (container < 0) {
            throw files.failure(
                    "opening " + files.containerFile() + ": " + Errno.describe(container),
                    container == -Errno.EACCES
                            ? files.letIn(files.containerFile())
                            : "to load what makes it, type: modprobe vfio-pci");
        }
        int group = -1;
        boolean joined = false;
        try {
            checkContainer(files, container);
            group = openGroup(files);
            join(files, group, container);
            joined = true;
            return new TypeOneSpace(files.groupName(), container, group);
        } finally {
            if (!joined) {
                if (group >= 0) {
                    Descriptors.close(group);
                }
                Descriptors.close(container);
            }
        }
    }

    private static void checkContainer(SlotFiles files, int container) throws VfioException {
        final int version = Vfio.apiVersion(container);
        if (version != Vfio.API_VERSION) {
            throw files.failure("VFIO has the unknown version " + version, "use another kernel");
        }
        if (Vfio.supports(container, Vfio.TYPE1_V2) != 1) {
            throw files.failure("VFIO has no IOMMU of type 1", "to load it, type: modprobe vfio_iommu_type1");
        }
    }

    private static int openGroup(SlotFiles files) throws VfioException, BusyException {
        final int group = OpenFile.open(files.groupFile(), OpenFile.READ_WRITE);
        if (group == -Errno.EBUSY) {
            throw new BusyException(files.groupFile());
        }
        if (group < 0) {
            throw files.failure(
                    "opening " + files.groupFile() + ": " + Errno.describe(group),
                    group == -Errno.EACCES || group == -Errno.EPERM
                            ? files.letIn(files.groupFile())
                            : "see whether vfio-pci has the device: readlink /sys/bus/pci/devices/" + files.slot()
                                    + "/driver");
        }
        return group;
    }

    private static void join(SlotFiles files, int group, int container) throws VfioException {
        final int flags = Vfio.groupFlags(group);
        if (flags >= 0 && (flags & Vfio.GROUP_VIABLE) == 0) {
            throw notViable(files);
        }
        final int joined = Vfio.setContainer(group, container);
        if (joined == -Errno.EPERM || joined == -Errno.EBUSY) {
            throw notViable(files);
        }
        if (flags < 0 || joined < 0) {
            throw files.failure(
                    "group " + files.groupName() + " gets no container: " + Errno.describe(Math.min(flags, joined)),
                    "'dmesg' may say why");
        }
        final int used = Vfio.useIommu(container, Vfio.TYPE1_V2);
        if (used == -Errno.EPERM) {
            throw files.failure(
                    "the machine cannot remap interrupts, so that the kernel deems the device unsafe",
                    "switch interrupt remapping on in the firmware (QEMU: -device intel-iommu,intremap=on), or type:"
                            + " echo 1 > /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts");
        }
        if (used < 0) {
            throw files.failure("its IOMMU cannot be used: " + Errno.describe(used), "'dmesg' may say why");
        }
    }

    /** A group is not viable while a driver of the kernel's could give memory to one of its devices. */
    static VfioException notViable(SlotFiles files) {
        final List<SlotFiles.Neighbour> inTheWay = files.neighbours().stream()
                .filter(SlotFiles.Neighbour::inTheWay)
                .toList();
        final String who = inTheWay.stream()
                .map(neighbour -> neighbour.slot() + " (driver=" + neighbour.driver() + ")")
                .collect(Collectors.joining(", "));
        return files.failure(
                "its IOMMU group " + files.groupName() + " has one owner, and the kernel's drivers have "
                        + (inTheWay.isEmpty() ? "something" : who) + " of it",
                inTheWay.isEmpty()
                        ? "see who is in it: ls /sys/kernel/iommu_groups/" + files.groupName() + "/devices"
                        : "to take that from them, if the system can do without, type: "
                                + inTheWay.stream()
                                        .map(SlotFiles.Neighbour::release)
                                        .collect(Collectors.joining(" && ")));
    }

    @Override
    int attach(SlotFiles files) throws VfioException, BusyException {
        final int device = Vfio.device(groupDescriptor, files.slot());
        if (device == -Errno.EBUSY) {
            throw new BusyException(files.groupFile());
        }
        if (device < 0) {
            throw files.failure(
                    "group " + files.groupName() + " does not give it: " + Errno.describe(device),
                    "see whether vfio-pci has it: readlink /sys/bus/pci/devices/" + files.slot() + "/driver");
        }
        return device;
    }

    @Override
    long[] ranges() {
        final InfoBuffer info = InfoBuffer.ask(
                container, Vfio.IOMMU_INFO, InfoBuffer.structure(Vfio.IOMMU_INFO_BYTES), "VFIO_IOMMU_GET_INFO");
        if ((info.flags() & Vfio.IOMMU_PAGE_SIZES) != 0) {
            pageBytes =
                    Math.max(SMALLEST_PAGE_BYTES, Long.lowestOneBit(info.bytes().getLong(8)));
        }
        final int list =
                (info.flags() & Vfio.IOMMU_CAPABILITIES) == 0 ? 0 : info.bytes().getInt(16);
        final OptionalInt at = info.capability(Vfio.IOMMU_RANGES, list, RANGES_BYTES);
        // A kernel before 5.4 does not say: anything, then.
        return at.isEmpty()
                ? new long[] {0, -1}
                : info.pairs(at.getAsInt() + RANGES_BYTES, info.bytes().getInt(at.getAsInt() + 8));
    }

    @Override
    long pageBytes() {
        return pageBytes;
    }

    @Override
    int mapMemory(long address, long lengthBytes, long deviceAddress) {
        return Vfio.mapDma(container, address, lengthBytes, deviceAddress);
    }

    @Override
    int unmapMemory(long lengthBytes, long deviceAddress) {
        return Vfio.unmapDma(container, lengthBytes, deviceAddress);
    }

    /** The container's memory goes with its last descriptor. */
    @Override
    void release() {
        Descriptors.close(groupDescriptor);
        Descriptors.close(container);
    }
}
