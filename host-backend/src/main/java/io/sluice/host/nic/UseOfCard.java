// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What stands between a card on the PCI bus and its use from user space, and the command that mends it. */
record UseOfCard(Prompt prompt) {
    List<PciSlot.Missing> missing(SysfsDevice card) throws IOException {
        final String bind = "nic bind " + card.address();
        final List<PciSlot.Missing> missing = new ArrayList<>();
        if (card.group().isEmpty()) {
            if (card.kernelUses()) {
                missing.add(new PciSlot.Missing(
                        "an IOMMU: sluice doctor says how to switch one on. Without one a card that goes wrong can"
                                + " overwrite any memory, and takes another driver: " + has(card),
                        prompt.sluiceAsRoot(bind + " --driver " + SysfsDevice.UIO)));
            }
            return missing;
        }
        final boolean direct =
                !card.translated() && (card.driver().isEmpty() || card.driver().equals(SysfsDevice.UIO));
        if (direct) {
            return missing;
        }
        final List<SysfsDevice> others = card.groupObstacles();
        final String command = prompt.sluiceAsRoot(bind + (others.isEmpty() ? "" : " --with-group"));
        if (!card.driver().equals(SysfsDevice.VFIO)) {
            missing.add(new PciSlot.Missing("the driver vfio-pci, which lends it to programs: " + has(card), command));
        }
        if (!others.isEmpty()) {
            final List<String> words = new ArrayList<>();
            for (SysfsDevice other : others) {
                words.add(other.words());
            }
            missing.add(new PciSlot.Missing(
                    "the rest of IOMMU group " + card.group() + ", which can have one owner only: "
                            + String.join(", ", words),
                    command));
        }
        return missing;
    }

    private static String has(SysfsDevice card) throws IOException {
        return (card.driver().isEmpty() ? "no driver" : card.driver()) + " has it"
                + (card.interfaces().isEmpty() ? "" : ", as " + String.join(" and ", card.interfaces()));
    }
}
