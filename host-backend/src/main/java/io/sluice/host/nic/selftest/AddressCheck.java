// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.CardInspection;
import io.sluice.host.ixgbe.MacAddress;

/** Whether the card has an address of its own: loaded from its EEPROM into RAL0 and RAH0 (4.6.3, 8.2.3.7.8). */
final class AddressCheck implements Check {
    @Override
    public String name() {
        return "address";
    }

    @Override
    public Need need() {
        return Need.REGISTERS;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final CardInspection card = bench.inspection();
        final MacAddress loaded = card.loadedAddress();
        final MacAddress kept = card.readsEeprom() ? card.keptAddress() : loaded;
        if (!loaded.unicast()) {
            return Finding.failed("its address " + loaded + " is not that of one station (RAL0, RAH0, 8.2.3.7.8)"
                    + (kept.unicast()
                            ? "; its EEPROM has " + kept
                            : "; write one to its EEPROM with the vendor's tool"));
        }
        return kept.equals(loaded) || !kept.unicast()
                ? Finding.passed(loaded.toString())
                : Finding.warned(loaded + ", and its EEPROM has " + kept
                        + "; somebody has given it another one (RAL0, RAH0), which the next power-on undoes");
    }
}
