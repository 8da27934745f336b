// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

/** EtherType values that the parser knows (IEEE 802 numbers, as registered). */
public final class EtherType {
    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int IPV6 = 0x86DD;

    /** A customer VLAN tag, IEEE 802.1Q. */
    public static final int VLAN = 0x8100;

    /** A service VLAN tag, IEEE 802.1ad. */
    public static final int SERVICE_VLAN = 0x88A8;

    /** A service VLAN tag as switches sent it before 802.1ad. */
    public static final int OLD_SERVICE_VLAN = 0x9100;

    private EtherType() {}

    static boolean isVlan(int etherType) {
        return etherType == VLAN || etherType == SERVICE_VLAN || etherType == OLD_SERVICE_VLAN;
    }
}
