// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

/** Message types of ICMP (RFC 792) and ICMPv6 (RFC 4443, 4861, 2710, 3810). */
public final class Icmp {
    public static final int ECHO_REPLY = 0;
    public static final int UNREACHABLE = 3;
    public static final int SOURCE_QUENCH = 4;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;

    /** Destination unreachable, the first of the ICMPv6 errors in use. */
    public static final int V6_FIRST_ERROR = 1;

    /** Parameter problem, the last of the ICMPv6 errors in use. */
    public static final int V6_LAST_ERROR = 4;

    public static final int V6_ECHO_REQUEST = 128;
    public static final int V6_ECHO_REPLY = 129;
    public static final int V6_MULTICAST_QUERY = 130;
    public static final int V6_MULTICAST_REPORT = 131;
    public static final int V6_MULTICAST_DONE = 132;
    public static final int V6_ROUTER_SOLICITATION = 133;
    public static final int V6_REDIRECT = 137;
    public static final int V6_MULTICAST_REPORT_2 = 143;

    private Icmp() {}
}
