// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.CardIdentity;
import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciDevice;

/** What the card says it is, and how it is on its bus (9.3). */
final class BusCheck implements Check {
    /** PCI Express 7.8.6 and 7.8.8: link capabilities and link status, from its capability on. */
    private static final int LINK_CAPABILITIES = 0x0C;

    private static final int LINK_STATUS = 0x12;
    private static final int SPEED_MASK = 0xF;
    private static final int WIDTH_SHIFT = 4;
    private static final int WIDTH_MASK = 0x3F;
    private static final double GENERATION_1_GIGATRANSFERS = 2.5;

    @Override
    public String name() {
        return "bus";
    }

    @Override
    public Need need() {
        return Need.NOTHING;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final CardIdentity identity = bench.inspect().identity();
        final PciConfig config = new PciConfig(bench.device());
        final Finding finding = link(bench.device(), config, identity)
                .with("subsystem", "%04x:%04x".formatted(identity.subsystemVendorId(), identity.subsystemId()))
                .with("registers", bench.device().barBytes(0) / 1024 + " KiB at BAR 0")
                .with("vectors that the door carries", bench.device().vectors());
        final PciConfig.Msix msix = config.msix();
        return msix == null ? finding : finding.with("vectors that the card has", msix.vectors());
    }

    private static Finding link(PciDevice device, PciConfig config, CardIdentity identity) {
        final int express = config.capability(PciConfig.CAPABILITY_EXPRESS);
        if (express == 0) {
            return Finding.passed(identity.toString());
        }
        final int able = device.readConfig(express + LINK_CAPABILITIES, Integer.BYTES);
        final int now = device.readConfig(express + LINK_STATUS, Short.BYTES);
        final String fact = words(now) + " of " + words(able);
        // A virtual machine's bus may say nothing of its links.
        final boolean slow = width(now) != 0 && (width(now) < width(able) || (now & SPEED_MASK) < (able & SPEED_MASK));
        return (slow
                        ? Finding.warned(identity + "; its PCI Express link has only " + fact
                                + ": put it into a slot that has all its lanes, and seat it well")
                        : Finding.passed(identity.toString()))
                .with("PCI Express", fact);
    }

    private static int width(int link) {
        return link >>> WIDTH_SHIFT & WIDTH_MASK;
    }

    private static String words(int link) {
        final double gigatransfers = switch (link & SPEED_MASK) {
            case 1 -> GENERATION_1_GIGATRANSFERS;
            case 2 -> 2 * GENERATION_1_GIGATRANSFERS;
            default -> 8;
        };
        return gigatransfers + " GT/s x" + width(link);
    }
}
