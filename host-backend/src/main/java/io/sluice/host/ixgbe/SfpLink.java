// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.Registers.MICROSECOND;
import static io.sluice.host.ixgbe.Registers.MILLISECOND;
import static io.sluice.host.ixgbe.register.DeviceRegisters.*;
import static io.sluice.host.ixgbe.register.LinkRegisters.*;

import java.util.Optional;

/** A link through a module in an SFP+ cage (4.6.4.3, SFI). */
final class SfpLink extends LinkStarter {
    private static final int MODULE_ADDRESS = 0xA0;
    private static final int MONITOR_ADDRESS = 0xA2;

    /** What the module can do of SFF-8472 (table 8-5). */
    private static final int MONITORING = 92;

    /** It measures, in the units that the standard names, and answers without a change of addresses. */
    private static final int MONITORING_MASK = 1 << 6 | 1 << 5 | 1 << 2;

    private static final int MONITORS = 1 << 6 | 1 << 5;

    private final ModuleBus bus;
    private final ModuleSettings settings;
    private final int port;

    SfpLink(Registers registers, FirmwareSemaphore semaphore, Eeprom eeprom, int port) {
        super(registers, semaphore);
        bus = new ModuleBus(registers);
        settings = new ModuleSettings(registers, eeprom);
        this.port = port;
    }

    @Override
    LinkState start(boolean again) throws CardException {
        final Optional<SfpModule> module = module();
        if (module.isEmpty()) {
            return new LinkState(LinkState.Phase.NO_MODULE, 0, "a module in the SFP+ cage; nothing answers there");
        }
        if (!vetoed()) {
            if (again) {
                darken();
            }
            light();
        }
        final SfpModule.Type type = module.get().type();
        try (FirmwareSemaphore.Held _ = semaphore().take(SW_FW_SYNC_MAC)) {
            settings.apply(type, port);
        }
        registers.replace(AUTOC2, AUTOC2_SERIAL_MASK, AUTOC2_SERIAL_SFI);
        restart(registers.read(AUTOC) & ~AUTOC_LINK_MODE_MASK
                | (type.speedMegabits() == 1_000 ? AUTOC_LINK_MODE_1G_NEGOTIATED : AUTOC_LINK_MODE_10G_SERIAL));
        return new LinkState(LinkState.Phase.NEGOTIATING, 0, "the other end of the " + type.label());
    }

    @Override
    Optional<SfpModule> module() throws CardException {
        try (FirmwareSemaphore.Held _ = semaphore().take(port == 0 ? SW_FW_SYNC_PHY0 : SW_FW_SYNC_PHY1)) {
            return bus.read(MODULE_ADDRESS, 0, SfpModule.BYTES).map(SfpModule::parse);
        }
    }

    @Override
    Optional<SfpMonitor> monitor() throws CardException {
        try (FirmwareSemaphore.Held _ = semaphore().take(port == 0 ? SW_FW_SYNC_PHY0 : SW_FW_SYNC_PHY1)) {
            return bus.read(MODULE_ADDRESS, MONITORING, 1)
                    .filter(kind -> (kind[0] & MONITORING_MASK) == MONITORS)
                    .flatMap(_ -> bus.read(MONITOR_ADDRESS, SfpMonitor.OFFSET, SfpMonitor.BYTES))
                    .map(SfpMonitor::parse);
        }
    }

    /** SFF-8431, table 8: a laser is dark within 100 us. The other end sees the light go, and begins anew as well. */
    private void darken() {
        registers.set(ESDP, ESDP_LASER_OFF);
        registers.flush();
        registers.sleep(100 * MICROSECOND);
    }

    /** SFF-8431 gives a laser 2 ms to come up, modules of older kinds need up to 100 ms. */
    private void light() {
        if ((registers.read(ESDP) & ESDP_LASER_OFF) != 0) {
            registers.clear(ESDP, ESDP_LASER_OFF);
            registers.flush();
            registers.sleep(100 * MILLISECOND);
        }
    }
}
