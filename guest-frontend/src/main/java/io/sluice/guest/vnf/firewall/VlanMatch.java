// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

/**
 * Which VLAN tags a rule asks for: {@code none}, {@code 10} (the first tag, whatever follows) or {@code 100.10} (both).
 *
 * @param outer the first VLAN id, 0 for frames without one
 * @param inner the second VLAN id, or {@link #ANY}
 */
record VlanMatch(int outer, int inner) {
    static final int ANY = -1;
    private static final int MAX_ID = 4094;

    /**
     * Reads a VLAN term.
     *
     * @throws IllegalArgumentException with what would be right
     */
    static VlanMatch parse(String text) {
        if (text.equals("none")) {
            return new VlanMatch(0, 0);
        }
        final int dot = text.indexOf('.');
        return dot < 0
                ? new VlanMatch(id(text), ANY)
                : new VlanMatch(id(text.substring(0, dot)), id(text.substring(dot + 1)));
    }

    private static int id(String text) {
        if (text.matches("\\d{1,4}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= MAX_ID) {
            return Integer.parseInt(text);
        }
        throw new IllegalArgumentException("a VLAN is a number from 1 to 4094, two of them as in 100.10, or none");
    }

    boolean matches(int outerVlan, int innerVlan) {
        return outerVlan == outer && (inner == ANY || innerVlan == inner);
    }
}
