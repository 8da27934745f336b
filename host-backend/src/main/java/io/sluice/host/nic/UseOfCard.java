// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.util.ArrayList;
import java.util.List;

/** What stands between a card on the PCI bus and its use from user space, and what to do about each. */
final class UseOfCard {
    private static final String VFIO = "vfio-pci";

    private UseOfCard() {}

    static List<String> missing(
            String address, String driver, String iommuGroup, List<String> groupMembers, List<String> interfaces) {
        final List<String> missing = new ArrayList<>();
        missing.add("a door to cards on the PCI bus, which this release does not have: it drives models"
                + " (ixgbe:model0) and cards behind a vfio-user socket (ixgbe:/PATH). What VFIO will need besides:");
        if (iommuGroup.isEmpty()) {
            missing.add(
                    "an IOMMU, so that the card reaches no memory but ours: switch on VT-d or AMD-Vi in the firmware"
                            + " and boot with intel_iommu=on (AMD: on by itself)");
        }
        if (!groupMembers.isEmpty()) {
            missing.add("the rest of IOMMU group " + iommuGroup + ", for a group has one owner: "
                    + String.join(", ", groupMembers) + " must be bound to vfio-pci, or to no driver, as well");
        }
        if (!driver.equals(VFIO)) {
            missing.add("the driver vfio-pci: " + takeAway(address, driver, interfaces) + "modprobe vfio-pci && echo "
                    + VFIO + " > /sys/bus/pci/devices/" + address + "/driver_override && echo " + address
                    + " > /sys/bus/pci/drivers_probe");
        }
        return missing;
    }

    private static String takeAway(String address, String driver, List<String> interfaces) {
        if (driver.isEmpty()) {
            return "";
        }
        final String names = String.join(" and ", interfaces);
        return (interfaces.isEmpty() ? "" : "what uses the interface " + names + " must let go of it; ") + "echo "
                + address + " > /sys/bus/pci/drivers/" + driver + "/unbind && ";
    }
}
