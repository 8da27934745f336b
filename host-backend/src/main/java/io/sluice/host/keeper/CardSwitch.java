// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.host.pci.SysfsFunction;
import java.util.Map;

/** Stops the card of a backend that has died, by what that has given to be held: {@link KeptItems}. */
final class CardSwitch {
    private CardSwitch() {}

    /** Whether {@code group} is a card's. */
    static boolean is(String group) {
        return group.startsWith(KeptItems.CARD_GROUP);
    }

    /**
     * Takes the card off its bus and resets it, so that it does not go on where it was when its next driver puts it there
     * again.
     *
     * @return false where it may still write to memory
     */
    static boolean off(Map<String, Integer> items) {
        final Integer config = items.get(KeptItems.CARD_CONFIG);
        if (config == null) {
            // It is given first. Should it not have come, what the card writes to is never given back.
            return items.keySet().stream().noneMatch(item -> item.startsWith(KeptItems.CARD_MEMORY));
        }
        final boolean off = SysfsFunction.takeOffBus(config);
        final Integer reset = items.get(KeptItems.CARD_RESET);
        if (off && reset != null) {
            SysfsFunction.reset(reset);
        }
        return off;
    }
}
