// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciDevice;

/** What a device may do on its bus, and whether it has something under way there (9.3.3.3, 9.3.10.6). */
final class BusAccess {
    /** Device Status, from the PCI Express capability. */
    private static final int DEVICE_STATUS = 10;

    private static final int TRANSACTIONS_PENDING = 1 << 5;

    private final PciDevice device;
    private final PciConfig config;

    BusAccess(PciDevice device) {
        this.device = device;
        this.config = new PciConfig(device);
    }

    /** Lets registers answer, without the interrupt pin. */
    void enableMemory() throws CardException {
        enable(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_INTX_DISABLE, PciConfig.COMMAND_MEMORY, "memory accesses");
    }

    /** Whether configuration space answers; registers are let do so too, which a device that had no power forgets. */
    boolean present() {
        if (!config.present()) {
            return false;
        }
        if (!config.commandHas(PciConfig.COMMAND_MEMORY)) {
            config.setCommand(PciConfig.COMMAND_MEMORY | PciConfig.COMMAND_INTX_DISABLE);
        }
        return true;
    }

    /** Lets the device reach memory. */
    void enableMaster() throws CardException {
        enable(PciConfig.COMMAND_BUS_MASTER, PciConfig.COMMAND_BUS_MASTER, "bus mastering");
    }

    /** Keeps the device from memory. */
    void disableMaster() {
        config.clearCommand(PciConfig.COMMAND_BUS_MASTER);
    }

    /** Whether requests of the device have not been answered yet. */
    boolean pending() {
        final int express = config.capability(PciConfig.CAPABILITY_EXPRESS);
        return express != 0 && (device.readConfig(express + DEVICE_STATUS, Short.BYTES) & TRANSACTIONS_PENDING) != 0;
    }

    private void enable(int bits, int required, String what) throws CardException {
        config.setCommand(bits);
        if (!config.commandHas(required)) {
            throw new CardException(
                    device.name(),
                    what
                            + " cannot be enabled (command=0x%04X does not keep 0x%04X); whoever owns the device does not"
                                    .formatted(config.command(), required)
                            + " allow it: bind it to vfio-pci, or let its keeper hand it over");
        }
    }
}
