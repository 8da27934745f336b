// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import java.util.List;

/**
 * That a function was taken from the kernel: what it takes to give it back, also for somebody who was not there.
 *
 * @param address {@code 0000:03:00.0}
 * @param driver what it was to be bound to
 * @param before the driver that had it; empty for none
 * @param interfaces its network interfaces then
 * @param addresses theirs then, each as {@code eth2 10.0.0.2/24}
 */
public record BindNote(String address, String driver, String before, List<String> interfaces, List<String> addresses) {
    public BindNote {
        interfaces = List.copyOf(interfaces);
        addresses = List.copyOf(addresses);
    }

    /** {@code ixgbe had it before, as eth2}. */
    public String history() {
        if (before.isEmpty()) {
            return "no driver had it before";
        }
        return before + " had it before" + (interfaces.isEmpty() ? "" : ", as " + String.join(" and ", interfaces));
    }
}
