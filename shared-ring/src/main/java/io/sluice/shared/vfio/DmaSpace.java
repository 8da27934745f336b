// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The memory that the devices of one IOMMU group reach, and where. The group has one owner in the whole system, this
 * process while any of its devices is open here; they share one space.
 */
abstract sealed class DmaSpace permits TypeOneSpace, IommufdSpace {
    /** The spaces of this process by their groups; its lock is held while devices come and go, and no memory with them. */
    private static final Map<String, DmaSpace> OPEN = new HashMap<>();

    private final String group;
    private final AddressPlan plan = new AddressPlan();
    /** The slots whose devices are in it. */
    private final Set<String> users = new HashSet<>();

    /** A space for the devices of {@code group}. */
    DmaSpace(String group) {
        this.group = group;
    }

    /** A device, and the space that it is in. */
    record Opened(DmaSpace space, int device) {}

    /**
     * Opens the device of {@code files}, which belongs to the caller, as the space does until it is left.
     *
     * @throws VfioException where it cannot be had, with what to do
     * @throws BusyException where somebody has it
     */
    static Opened open(SlotFiles files) throws VfioException, BusyException {
        synchronized (OPEN) {
            final String group = files.groupName();
            final DmaSpace space = OPEN.containsKey(group) ? OPEN.get(group) : create(files);
            if (space.users.contains(files.slot())) {
                throw files.failure("this process has it open already", "use that, or close it first");
            }
            int device = -1;
            boolean entered = false;
            try {
                device = space.attach(files);
                space.allow();
                entered = true;
            } finally {
                if (!entered && device >= 0) {
                    Descriptors.close(device);
                }
                if (!entered && space.users.isEmpty()) {
                    space.release();
                }
            }
            space.users.add(files.slot());
            OPEN.put(group, space);
            return new Opened(space, device);
        }
    }

    private static DmaSpace create(SlotFiles files) throws VfioException, BusyException {
        return files.opensAlone() ? IommufdSpace.create(files) : TypeOneSpace.create(files);
    }

    /** The device at {@code slot}, which is closed, leaves the space. With the last one the space goes. */
    final void leave(String slot) {
        synchronized (OPEN) {
            if (users.remove(slot) && users.isEmpty()) {
                OPEN.remove(group);
                release();
            }
        }
    }

    private synchronized void allow() {
        plan.allow(ranges());
    }

    /** Maps at an address of the space's choosing. */
    final synchronized long map(SlotFiles files, long address, long lengthBytes) throws VfioException {
        final long deviceAddress = plan.choose(lengthBytes);
        if (deviceAddress < 0) {
            throw files.failure(
                    "bytes=" + lengthBytes + " of memory fit nowhere among the addresses of its IOMMU: " + plan.words(),
                    "map less");
        }
        map(files, address, lengthBytes, deviceAddress);
        return deviceAddress;
    }

    /** Maps at {@code deviceAddress}. */
    final synchronized void map(SlotFiles files, long address, long lengthBytes, long deviceAddress)
            throws VfioException {
        final String what = "%d bytes of memory for it at address 0x%x".formatted(lengthBytes, deviceAddress);
        final long page = pageBytes();
        if (lengthBytes <= 0 || ((address | lengthBytes | deviceAddress) & page - 1) != 0) {
            throw files.failure(what + " are no whole pages of " + page + " bytes", "align address and length to that");
        }
        if (!plan.allows(deviceAddress, lengthBytes)) {
            throw files.failure(what + " are not where its IOMMU translates", "it does so at " + plan.words());
        }
        final int result = mapMemory(address, lengthBytes, deviceAddress);
        if (result == -Errno.ENOMEM) {
            throw files.failure(
                    what + " cannot be locked",
                    LockLimit.of(files.root(), lengthBytes).words());
        }
        if (result < 0) {
            throw files.failure(what + ": " + Errno.describe(result), "unmap what is there, or map elsewhere");
        }
        plan.take(deviceAddress, lengthBytes);
    }

    /** Takes memory from the devices; false where exactly that is not mapped. */
    final synchronized boolean unmap(long lengthBytes, long deviceAddress) {
        return plan.give(deviceAddress, lengthBytes) && unmapMemory(lengthBytes, deviceAddress) >= 0;
    }

    /** Opens the device of {@code files} and puts it into this space. */
    abstract int attach(SlotFiles files) throws VfioException, BusyException;

    /** Pairs of a first and a last address that devices here can be told. */
    abstract long[] ranges();

    /** What addresses and lengths are multiples of. */
    abstract long pageBytes();

    abstract int mapMemory(long address, long lengthBytes, long deviceAddress);

    abstract int unmapMemory(long lengthBytes, long deviceAddress);

    abstract void release();
}
