// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

/**
 * The descriptors, as the card reads and writes them: two words of 64 bits (7.1.5, 7.1.6, 7.2.3).
 *
 * <pre>
 *   receive     0   address, or after write-back of an advanced one: RSS type 3:0, packet type 16:4, hash 63:32
 *     legacy    8   length 15:0, checksum 31:16, status 39:32, errors 47:40, tag 63:48
 *     advanced  8   status 19:0, errors 31:20, length 47:32, tag 63:48
 *   transmit    0   address
 *     legacy    8   length 15:0, CSO 23:16, command 31:24, status 35:32, CSS 47:40, tag 63:48
 *     advanced  8   length 15:0, MAC 19:18, type 23:20, command 31:24, status 35:32, context 38:36, POPTS 45:40,
 *                   PAYLEN 63:46
 *   context     0   IPLEN 8:0, MACLEN 15:9, tag 31:16
 *               8   TUCMD 19:9, type 23:20, command 31:24, context 38:36, L4LEN 47:40, MSS 63:48
 * </pre>
 */
final class DescriptorBits {
    private DescriptorBits() {}

    static final int DESCRIPTOR_BYTES = 16;

    static final int STATUS_DONE = 1 << 0;
    static final int STATUS_END = 1 << 1;
    static final int STATUS_TAG = 1 << 3;
    static final int STATUS_UDP_CHECKED = 1 << 4;
    static final int STATUS_L4_CHECKED = 1 << 5;
    static final int STATUS_IP_CHECKED = 1 << 6;
    static final int STATUS_INEXACT = 1 << 7;
    static final int STATUS_UDP_FRAGMENT = 1 << 10;
    static final int STATUS_STAMPED = 1 << 16;
    static final int STATUS_LOOPBACK = 1 << 18;
    static final int ERROR_L4 = 1 << 30;
    static final int ERROR_IP = 1 << 31;

    /** Where the packet type begins in a receive descriptor's first word, and its bit of an ETQF match. */
    static final int PACKET_TYPE_SHIFT = 4;

    static final int PACKET_TYPE_FILTERED = 1 << 11;

    static final int COMMAND_END = 1 << 24;
    static final int COMMAND_CHECK_SEQUENCE = 1 << 25;
    static final int COMMAND_LEGACY_CHECKSUM = 1 << 26;
    static final int COMMAND_REPORT = 1 << 27;
    static final int COMMAND_EXTENDED = 1 << 29;
    static final int COMMAND_TAG = 1 << 30;
    static final long COMMAND_SEGMENT = 1L << 31;

    static final int MAC_STAMP = 1 << 19;
    static final int TYPE_MASK = 0xF << 20;
    static final int TYPE_CONTEXT = 2 << 20;
    static final int TYPE_DATA = 3 << 20;

    static final long TRANSMIT_DONE = 1L << 32;
    static final int CONTEXT_SHIFT = 36;
    static final long INSERT_IP = 1L << 40;
    static final long INSERT_L4 = 1L << 41;
    static final int PAYLOAD_SHIFT = 46;

    static final int CONTEXT_IPV4 = 1 << 10;
    static final int CONTEXT_L4_SHIFT = 11;
    static final int L4_UDP = 0;
    static final int L4_TCP = 1;
    static final int L4_SCTP = 2;
}
