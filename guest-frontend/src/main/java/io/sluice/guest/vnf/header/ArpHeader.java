// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

import io.sluice.shared.memory.Memory;

/**
 * An ARP message for IPv4 over Ethernet (RFC 826).
 *
 * <pre>
 *   0   hardware type   2   1, Ethernet       8   sender hardware address   6
 *   2   protocol type   2   0x0800            14  sender protocol address   4
 *   4   lengths       1+1   6 and 4           18  target hardware address   6
 *   6   operation       2                     24  target protocol address   4
 * </pre>
 */
public final class ArpHeader {
    public static final int BYTES = 28;
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;

    private int operation;
    private int senderAddress;
    private int targetAddress;

    /** Reads the message; false when it is cut short or not about IPv4 over Ethernet. */
    boolean parse(long address, int availableBytes) {
        if (availableBytes < BYTES) {
            return false;
        }
        final long start = Memory.longNetwork(address);
        operation = (int) start & 0xFFFF;
        senderAddress = Memory.intNetwork(address + 14);
        targetAddress = Memory.intNetwork(address + 24);
        return start >>> 16 == ETHERNET_IPV4;
    }

    /** 1 for a request, 2 for a reply. */
    public int operation() {
        return operation;
    }

    public int senderAddress() {
        return senderAddress;
    }

    public int targetAddress() {
        return targetAddress;
    }
}
