// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import java.util.List;

/**
 * What the demo is to do.
 *
 * @param seconds of traffic
 * @param rate packets per second of the generator
 * @param cards whether the chain ends at cards in software, whose wires the capture and the generator are, else at these
 * @param virtualMachines whether the guests run in virtual machines, else as processes
 */
public record DemoOptions(int seconds, int rate, boolean cards, boolean virtualMachines) {
    /** Telnet is denied, and so are the generator's first 31 hosts of {@link #FLOWS}; everything else may pass both ways. */
    static final List<String> FIREWALL =
            List.of("firewall", "--default", "allow", "--deny", "proto:tcp,dport:23", "--deny", "src:198.18.0.0/27");

    static final List<String> MONITOR = List.of("monitor");
    static final int FLOWS = 1000;

    /** How long a guest may take to attach: a machine without hardware virtualisation boots slowly. */
    int attachSeconds() {
        return virtualMachines ? 300 : 30;
    }

    /** How long a guest may take to end once its backend has. */
    int endSeconds() {
        return virtualMachines ? 60 : 10;
    }

    /** How long packets may take to leave the rings once no more enter. */
    int drainSeconds() {
        return virtualMachines ? 60 : 15;
    }
}
