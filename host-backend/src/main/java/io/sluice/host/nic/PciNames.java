// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.util.Map;
import java.util.Optional;

/** The device ids of the 82599 and its successors X540 and X550, physical functions alone, and what people call them. */
public final class PciNames {
    public static final int INTEL = 0x8086;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0x10F7, "82599 KX4"),
            Map.entry(0x10F8, "82599 combined backplane"),
            Map.entry(0x10F9, "82599 CX4"),
            Map.entry(0x10FB, "82599ES SFP+"),
            Map.entry(0x10FC, "82599 XAUI"),
            Map.entry(0x1507, "82599 SFP+ EM"),
            Map.entry(0x1514, "82599 KX4 mezzanine"),
            Map.entry(0x1517, "82599 KR"),
            Map.entry(0x151C, "82599 10GBASE-T"),
            Map.entry(0x1529, "82599 SFP+ FCoE"),
            Map.entry(0x152A, "82599 backplane FCoE"),
            Map.entry(0x154A, "82599 SFP+ quad port"),
            Map.entry(0x154D, "82599 SFP+ SF2"),
            Map.entry(0x154F, "82599 LS"),
            Map.entry(0x1557, "82599EN SFP+"),
            Map.entry(0x1558, "82599 QSFP+"),
            Map.entry(0x155D, "82599 bypass"),
            Map.entry(0x1528, "X540 10GBASE-T"),
            Map.entry(0x1560, "X540 10GBASE-T, one port"),
            Map.entry(0x155C, "X540 bypass"),
            Map.entry(0x1563, "X550 10GBASE-T"),
            Map.entry(0x15D1, "X550 10GBASE-T, one port"),
            Map.entry(0x15AA, "X552 KX4"),
            Map.entry(0x15AB, "X552 KR"),
            Map.entry(0x15AC, "X552 SFP+"),
            Map.entry(0x15AD, "X552 10GBASE-T"),
            Map.entry(0x15AE, "X552 1000BASE-T"),
            Map.entry(0x15B0, "X552 XFI"),
            Map.entry(0x15C2, "X553 KR"),
            Map.entry(0x15C3, "X553 KR-L"),
            Map.entry(0x15C4, "X553 SFP+"),
            Map.entry(0x15C6, "X553 SGMII"),
            Map.entry(0x15C7, "X553 SGMII-L"),
            Map.entry(0x15C8, "X553 10GBASE-T"),
            Map.entry(0x15CA, "X553 QSFP+"),
            Map.entry(0x15CC, "X553 QSFP+"),
            Map.entry(0x15CE, "X553 SFP+"),
            Map.entry(0x15E4, "X553 1000BASE-T"),
            Map.entry(0x15E5, "X553 1000BASE-T"));

    private PciNames() {}

    /** What a card with these ids is called; empty where it is none of the family. */
    public static Optional<String> of(int vendor, int device) {
        return vendor == INTEL ? Optional.ofNullable(NAMES.get(device)) : Optional.empty();
    }
}
