// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.vfio.VfioDevice;
import io.sluice.shared.vfio.VfioException;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that takes the devices at the slots that it is given through VFIO, all at a time, and lets one go after the
 * other; for a machine that has them.
 */
final class VfioOwner {
    private static final long REGION_BYTES = 2L << 20;
    /** A register that never reads 0. */
    private static final int STATUS = 8;

    private VfioOwner() {}

    /** Takes the devices at the slots {@code arguments}; ends with 1 and what VFIO says where one cannot be had. */
    public static void main(String[] arguments) {
        final List<VfioDevice> devices = new ArrayList<>();
        try (SharedRegion memory = SharedRegion.create("owner", REGION_BYTES)) {
            for (String slot : arguments) {
                final VfioDevice device = VfioDevice.open(slot);
                devices.add(device);
                device.mapDma(memory.address(), REGION_BYTES);
                final long address = device.mapDma(memory.address(), REGION_BYTES);
                System.out.printf("%s address=0x%x status=%d%n", slot, address, status(device));
            }
            for (VfioDevice device : devices) {
                System.out.printf("%s closes status=%d%n", device.slot(), status(device));
                device.close();
                System.out.printf("%s closed status=%d%n", device.slot(), status(device));
            }
        } catch (VfioException e) {
            System.out.println(e.getMessage());
            devices.forEach(VfioDevice::close);
            System.exit(1);
        }
    }

    private static int status(VfioDevice device) {
        return device.read(0, STATUS, Integer.BYTES);
    }
}
