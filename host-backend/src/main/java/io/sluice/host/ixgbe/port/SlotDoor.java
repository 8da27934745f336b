// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import io.sluice.host.keeper.CardGuard;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.uio.SlotFolder;
import io.sluice.host.pci.uio.SysfsDoor;
import io.sluice.host.pci.vfio.VfioDoor;
import java.io.IOException;

/** The way to a card in a slot of this machine, which depends on the kernel's driver that has it. */
public final class SlotDoor {
    private static final String VFIO = "vfio-pci";

    private SlotDoor() {}

    /**
     * Opens the way to the card in {@code slot}: VFIO where vfio-pci has it; sysfs, with physical addresses, where
     * uio_pci_generic or nobody has.
     *
     * @param guard who stops the card where this process cannot any more, for a way that needs it
     * @throws IOException where the card cannot be had, with what to do
     */
    public static PciDevice open(String slot, CardGuard guard) throws IOException {
        final SlotFolder folder = SlotFolder.of(slot);
        final String driver = folder.driver();
        if (!folder.exists() || driver.isEmpty() || driver.equals(SlotFolder.GENERIC)) {
            return SysfsDoor.open(slot, guard);
        }
        if (driver.equals(VFIO)) {
            return VfioDoor.open(slot);
        }
        throw new IOException("the kernel's driver " + driver + " has " + slot + "; give it to Sluice first: sluice nic"
                + " bind " + slot);
    }

    /** How a card in {@code slot} is reached, for a person. */
    static String words(String slot) {
        return SlotFolder.of(slot).driver().equals(VFIO)
                ? "PCI bus, behind an IOMMU"
                : "PCI bus, physical addresses: no IOMMU keeps it from memory";
    }
}
