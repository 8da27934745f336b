// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

/**
 * What a firewall is made from.
 *
 * @param rules who may begin a connection
 * @param timeoutNanos by the ordinal of {@link ConnectionState}
 * @param fragmentTimeoutNanos how long a datagram's later fragments may take
 * @param connections places in the connection table
 * @param fragments places in the table of fragmented datagrams
 * @param hash the keyed hash of both tables
 * @param allowArp whether ARP passes
 * @param allowNeighbours whether IPv6 neighbour discovery passes without being asked for
 * @param allowOther whether frames pass that are neither IP nor ARP
 * @param denySourceRouted whether packets are dropped whose sender prescribes their way
 * @param refuseMidstream whether TCP packets are dropped whose connection is not known
 */
record FirewallSettings(
        RuleList rules,
        long[] timeoutNanos,
        long fragmentTimeoutNanos,
        int connections,
        int fragments,
        SipHash hash,
        boolean allowArp,
        boolean allowNeighbours,
        boolean allowOther,
        boolean denySourceRouted,
        boolean refuseMidstream) {}
