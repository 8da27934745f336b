// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

import io.sluice.shared.memory.Memory;

/**
 * An Ethernet II header with up to two VLAN tags (IEEE 802.1Q inside 802.1ad, or either alone).
 *
 * <pre>
 *   0   destination   6
 *   6   source        6
 *   12  tag           4 x 0..2   EtherType of a tag, then priority (3 bits), DEI (1), VLAN id (12)
 *   ..  EtherType     2          below 0x600 it is an 802.3 length
 * </pre>
 *
 * A third tag is left as the EtherType that the frame carries. VLAN id 0 means a priority and no VLAN (802.1Q, 9.6).
 */
public final class EthernetHeader {
    public static final int MIN_BYTES = 14;
    private static final int TAG_BYTES = 4;
    private static final int MAX_TAGS = 2;

    private int etherType;
    private int tags;
    private int outerVlan;
    private int innerVlan;
    private int payloadOffset;

    /** Reads the header of the frame at {@code address}; false when the frame ends within it. */
    boolean parse(long address, int lengthBytes) {
        if (lengthBytes < MIN_BYTES) {
            return false;
        }
        tags = 0;
        outerVlan = 0;
        innerVlan = 0;
        int at = MIN_BYTES;
        int type = Memory.unsignedShortNetwork(address + at - 2);
        while (tags < MAX_TAGS && EtherType.isVlan(type)) {
            if (lengthBytes - at < TAG_BYTES) {
                return false;
            }
            final int tag = Memory.intNetwork(address + at);
            final int vlan = tag >>> 16 & 0xFFF;
            if (tags == 0) {
                outerVlan = vlan;
            } else {
                innerVlan = vlan;
            }
            type = tag & 0xFFFF;
            at += TAG_BYTES;
            tags++;
        }
        etherType = type;
        payloadOffset = at;
        return true;
    }

    /** What the frame carries behind its VLAN tags; below 0x600 the length of an 802.3 frame. */
    public int etherType() {
        return etherType;
    }

    /** VLAN tags found, 0 to 2. */
    public int tags() {
        return tags;
    }

    /** VLAN id of the first tag, 0 where there is none. */
    public int outerVlan() {
        return outerVlan;
    }

    /** VLAN id of the second tag, 0 where there is none. */
    public int innerVlan() {
        return innerVlan;
    }

    /** Both VLAN ids in 24 bits, outer one first: frames with equal values belong to the same network. */
    public int vlanKey() {
        return outerVlan << 12 | innerVlan;
    }

    /** Bytes from the frame's start to what it carries. */
    public int payloadOffset() {
        return payloadOffset;
    }
}
