// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.util.Optional;

/**
 * What a user wants of a card.
 *
 * @param name {@code 0000:03:00.0}, {@code 03:00.0}, or its interface
 * @param driver which driver is to lend it; the best one where it is empty
 * @param withGroup whether others of its IOMMU group are to be taken as well
 * @param force whether it is to be taken although the system uses it
 */
public record BindRequest(String name, Optional<String> driver, boolean withGroup, boolean force) {
    /**
     * Checks it.
     *
     * @throws IllegalArgumentException for a driver that does not lend cards to programs
     */
    public BindRequest {
        driver.ifPresent(wanted -> {
            if (!wanted.equals(SysfsDevice.VFIO) && !wanted.equals(SysfsDevice.UIO)) {
                throw new IllegalArgumentException(
                        "driver=" + wanted + ": must be " + SysfsDevice.VFIO + " or " + SysfsDevice.UIO);
            }
        });
    }
}
