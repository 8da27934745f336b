// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.STATUS;
import static io.sluice.host.ixgbe.register.DeviceRegisters.STATUS_LAN_ID_MASK;
import static io.sluice.host.ixgbe.register.DeviceRegisters.STATUS_LAN_ID_SHIFT;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.rah;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.ral;

import io.sluice.host.pci.PciDevice;
import java.util.List;

/**
 * A card before it is driven, step by step: what {@link Card#open} does at once, for whoever asks which step fails. Bus
 * mastering stays off, so the card touches no memory.
 */
public final class CardInspection {
    private final Registers registers;
    private final CardKind kind;
    private final CardIdentity identity;
    private final Eeprom eeprom;
    private final CardSetup setup;

    private CardInspection(Registers registers, CardKind kind, CardIdentity identity) {
        this.registers = registers;
        this.kind = kind;
        this.identity = identity;
        this.eeprom = new Eeprom(registers, kind);
        this.setup = new CardSetup(
                registers,
                kind,
                eeprom,
                new FirmwareSemaphore(registers, kind),
                new CardStatistics(registers),
                List.of());
    }

    /**
     * Finds out what {@code device} is, and lets its registers answer.
     *
     * @throws CardException where it is no card of this family or cannot be driven; nothing was written to it then
     */
    public static CardInspection of(PciDevice device, CardClock clock) throws CardException {
        final Registers registers = new Registers(device, clock);
        final Identification identification = new Identification(device);
        final CardKind kind = identification.check();
        new BusAccess(device).enableMemory();
        final int status = registers.read(STATUS);
        if (status == PciDevice.GONE) {
            throw registers.gone("the first read of a register");
        }
        final int port = (status & STATUS_LAN_ID_MASK) >>> STATUS_LAN_ID_SHIFT & 1;
        return new CardInspection(registers, kind, identification.identity(kind, port));
    }

    Registers registers() {
        return registers;
    }

    CardKind kind() {
        return kind;
    }

    /** What it says it is. */
    public CardIdentity identity() {
        return identity;
    }

    /** Stops whatever it does and resets it (4.2.1.6.1). */
    public void reset() throws CardException {
        setup.reset();
    }

    /** Whether words of its EEPROM can be read. */
    public boolean readsEeprom() {
        return kind.readsEeprom();
    }

    /** Waits until a card that was reset has configured itself, and adds up its EEPROM's words (6.2.4.2). */
    public void checkEeprom() throws CardException {
        eeprom.awaitAutoRead();
        setup.checkEeprom();
    }

    /** Word {@code address} of the EEPROM. */
    public int eepromWord(int address) throws CardException {
        return setup.eepromWord(address);
    }

    /** The address that it has loaded into RAL0 and RAH0 by itself (4.6.3, 3). */
    public MacAddress loadedAddress() {
        return MacAddress.ofRegisters(registers.read(ral(0)), registers.read(rah(0)));
    }

    /** The address in its EEPROM; zero where there is none for its port. */
    public MacAddress keptAddress() throws CardException {
        return setup.keptAddress(identity.port());
    }
}
