// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

/** How far a connection has come; its ordinal is the state in the {@link FlowTable}. */
enum ConnectionState {
    /** TCP before its handshake is complete. */
    TCP_OPENING,
    /** TCP with a handshake, or traffic both ways, behind it. */
    TCP_ESTABLISHED,
    /** TCP after a FIN or RST. */
    TCP_CLOSING,
    UDP,
    UDP_ANSWERED,
    /** An ICMP echo. */
    ICMP,
    ICMP_ANSWERED,
    /** Any other protocol between two addresses. */
    OTHER,
    OTHER_ANSWERED;

    /** States in which both ends have spoken: such a connection is not given up for a new one. */
    static final long PROTECTED = 1L << TCP_ESTABLISHED.ordinal()
            | 1L << UDP_ANSWERED.ordinal()
            | 1L << ICMP_ANSWERED.ordinal()
            | 1L << OTHER_ANSWERED.ordinal();
}
