// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.BAR_BYTES;

import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciDevice;
import java.util.Optional;

/**
 * Finds out from configuration space what a device is, and whether it is in a state to be driven (9.3). Only reads: a
 * device that is not ours stays as it is.
 */
final class Identification {
    private static final int INTEL = 0x8086;
    private static final int ETHERNET_CLASS = 0x020000;

    private final PciDevice device;
    private final PciConfig config;

    Identification(PciDevice device) {
        this.device = device;
        this.config = new PciConfig(device);
    }

    /** The controller of a device that can be driven. */
    CardKind check() throws CardException {
        if (!config.present()) {
            throw failure(
                    "nothing answers here (configuration space reads as ones); look whether the card is in its slot"
                            + " and powered, or whether the program that plays it runs");
        }
        final CardKind kind = kind();
        checkPower();
        checkBar();
        return kind;
    }

    CardIdentity identity(CardKind kind, int port) {
        return new CardIdentity(
                config.vendorId(),
                config.deviceId(),
                config.subsystemVendorId(),
                config.subsystemId(),
                config.revision(),
                kind.label(),
                kind.media(config.deviceId()).orElseThrow(),
                port);
    }

    private CardKind kind() throws CardException {
        final Optional<CardKind> kind = config.vendorId() == INTEL ? CardKind.of(config.deviceId()) : Optional.empty();
        if (kind.isEmpty() || config.classCode() != ETHERNET_CLASS) {
            throw failure("device %04x:%04x of class %06x is not an 82599, X540 or X550; choose another device"
                    .formatted(config.vendorId(), config.deviceId(), config.classCode()));
        }
        return kind.get();
    }

    /** 9.3.7.1.4: in any state but D0, registers do not answer. */
    private void checkPower() throws CardException {
        final PciConfig.PowerState state = config.powerState();
        if (state != PciConfig.PowerState.D0) {
            throw failure("is in power state " + state + ", must be in D0; write \"on\" to its power/control in sysfs");
        }
    }

    /** 9.3.6.1: BAR 0 is memory, of 128 KiB or more. */
    private void checkBar() throws CardException {
        final PciConfig.Bar bar = config.bar(0);
        if (!bar.memory() || bar.lengthBytes() < BAR_BYTES) {
            throw failure("BAR 0 is " + (bar.memory() ? "memory" : "I/O ports") + " of " + bar.lengthBytes()
                    + " bytes, must be memory of " + BAR_BYTES
                    + " or more; this is not how a card of this kind is, or the"
                    + " system gave it too little room");
        }
    }

    private CardException failure(String what) {
        return new CardException(device.name(), what);
    }
}
