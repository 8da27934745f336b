// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_EXT;
import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_EXT_DRIVER_LOADED;
import static io.sluice.host.ixgbe.register.DeviceRegisters.SW_FW_SYNC_EEPROM;
import static io.sluice.host.ixgbe.register.DeviceRegisters.SW_FW_SYNC_PHY0;
import static io.sluice.host.ixgbe.register.DeviceRegisters.SW_FW_SYNC_PHY1;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.rah;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.ral;

import java.io.IOException;
import java.util.List;

/** From any state to one in which the card touches no memory, and from there to one in which it does what was asked. */
final class CardSetup implements CardHealth.Recovery {
    private static final System.Logger LOG = System.getLogger(CardSetup.class.getName());

    private final Registers registers;
    private final CardKind kind;
    private final BusAccess bus;
    private final Eeprom eeprom;
    private final FirmwareSemaphore semaphore;
    private final CardStatistics statistics;
    private final Reset reset;

    /** In the order in which they are set up after a reset (4.6.3). */
    private final List<CardPart> parts;

    CardSetup(
            Registers registers,
            CardKind kind,
            Eeprom eeprom,
            FirmwareSemaphore semaphore,
            CardStatistics statistics,
            List<CardPart> parts) {
        this.registers = registers;
        this.kind = kind;
        this.eeprom = eeprom;
        this.semaphore = semaphore;
        this.statistics = statistics;
        this.parts = parts;
        bus = new BusAccess(registers.device());
        reset = new Reset(registers, bus, kind);
    }

    @Override
    public boolean answers() {
        return bus.present() && !registers.gone();
    }

    @Override
    public void stop() throws CardException {
        reset();
        eeprom.awaitAutoRead();
    }

    /** Resets the card, whatever it is doing. */
    void reset() throws CardException {
        bus.enableMemory();
        try {
            resetCard();
        } catch (CardException e) {
            resetFunction(e);
        }
    }

    @Override
    public void account() {
        statistics.refresh();
    }

    /** A reset takes the PHY too, where firmware may be in the middle of something with it. */
    private void resetCard() throws CardException {
        if (!kind.firmwareShares()) {
            reset.run();
            return;
        }
        try (FirmwareSemaphore.Held _ = semaphore.take(SW_FW_SYNC_PHY0 | SW_FW_SYNC_PHY1)) {
            reset.run();
        }
    }

    /** PCI Express 6.6.2, where the card does not do what its own register asks for. */
    private void resetFunction(CardException before) throws CardException {
        try {
            registers.device().reset();
        } catch (IOException e) {
            before.addSuppressed(e);
            throw before;
        }
        bus.enableMemory();
        reset.run();
    }

    @Override
    public void start() throws CardException {
        bus.enableMaster();
        for (CardPart part : parts) {
            part.program();
        }
        // 8.2.3.1.3: tells firmware that a driver runs the card, and us that nobody has reset it since
        registers.set(CTRL_EXT, CTRL_EXT_DRIVER_LOADED);
    }

    /** The address of {@code port}, of a card that was just stopped: it has loaded it by itself (4.6.3, 3). */
    MacAddress address(int port) throws CardException {
        checkEeprom();
        final MacAddress loaded = MacAddress.ofRegisters(registers.read(ral(0)), registers.read(rah(0)));
        final MacAddress address = loaded.unicast() || !kind.readsEeprom() ? loaded : keptAddress(port);
        if (!address.unicast()) {
            throw registers.failure(
                    "its address " + address + " is not that of one station (RAL0, RAH0, 8.2.3.7.8); write"
                            + " one to its EEPROM with the vendor's tool");
        }
        return address;
    }

    /** 6.2.4.2, where the kind of card has an EEPROM that can be read. */
    void checkEeprom() throws CardException {
        if (kind.readsEeprom()) {
            withEeprom(() -> {
                eeprom.check();
                return null;
            });
        }
    }

    /** Word {@code address} of the EEPROM. */
    int eepromWord(int address) throws CardException {
        return withEeprom(() -> eeprom.word(address));
    }

    /** The address of {@code port} in the EEPROM; zero where there is none. */
    MacAddress keptAddress(int port) throws CardException {
        return withEeprom(() -> eeprom.macAddress(port));
    }

    /** Something that is read from the EEPROM. */
    private interface Reading<T> {
        T read() throws CardException;
    }

    /** Reads while firmware keeps out, where it could be reading as well. */
    private <T> T withEeprom(Reading<T> reading) throws CardException {
        if (!kind.firmwareShares()) {
            return reading.read();
        }
        try (FirmwareSemaphore.Held _ = semaphore.take(SW_FW_SYNC_EEPROM)) {
            return reading.read();
        }
    }

    /** Lets the card go: it touches no memory any more, whatever it does with its registers. */
    void end() {
        try {
            if (!registers.gone()) {
                reset.run();
            }
        } catch (CardException e) {
            LOG.log(System.Logger.Level.WARNING, "{0}; it is taken off its bus instead", e.getMessage());
        }
        bus.disableMaster();
    }
}
