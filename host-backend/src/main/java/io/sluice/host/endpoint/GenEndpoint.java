// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static io.sluice.host.endpoint.EndpointOption.receiving;

import java.util.List;

/** {@code gen:}: generates packets, and takes and counts those that arrive. */
final class GenEndpoint {
    private static final long LEAST_DEPTH = 32;

    /**
     * Without {@code burst}, a generator may catch up on this part of a second: longer than a thread is off its CPU.
     */
    private static final long DEPTH_PER_SECOND = 50;

    private static final int MAX_VLAN = 4094;

    static final EndpointKind KIND = new EndpointKind(
            "gen",
            "",
            "generates UDP or TCP packets from 198.18.x.y to 198.19.0.1 (2001:2::1:x to 2001:2::2:1)",
            List.of(
                    receiving(
                            "size",
                            "N|N-M|imix",
                            "frame bytes with the check sequence, as testers count: 64 is 60 in a buffer; default 64"),
                    receiving("flows", "N", "different 5-tuples, sent in turn; default 1"),
                    receiving("rate", "N", "packets per second, for example 14.88M; default as fast as possible"),
                    receiving("count", "N", "end after this many packets; default never"),
                    receiving("burst", "N", "packets to catch up on when late; default 20 ms worth of them"),
                    receiving("seed", "N", "of the choice of sizes; default 1"),
                    receiving("ip", "4|6", "version; default 4"),
                    receiving("proto", "udp|tcp", "default udp"),
                    receiving("vlan", "N", "tag frames with this VLAN; default no tag"),
                    NullEndpoint.CHECK),
            GenEndpoint::open);

    private GenEndpoint() {}

    private static Endpoint open(EndpointRequest request) {
        final GenSource source = request.receives() ? source(request) : null;
        return new OpenedEndpoint(new Trouble(request.name()), source, NullEndpoint.sink(request));
    }

    private static GenSource source(EndpointRequest request) {
        final boolean ipv6 = request.choice("ip", List.of("4", "6")).equals("6");
        final boolean udp = request.choice("proto", List.of("udp", "tcp")).equals("udp");
        final int vlan = (int) request.count("vlan", 1, MAX_VLAN).orElse(-1);
        final var frame = new TestFrame(ipv6, udp, vlan);
        final long seed = request.count("seed", 0, Long.MAX_VALUE).orElse(1);
        final FrameSizes sizes = FrameSizes.of(request, frame.leastLengthBytes(), seed);
        final int flows = (int) request.count("flows", 1, StreamMark.MAX_FLOWS).orElse(1);
        final long count = request.count("count", 1, Long.MAX_VALUE).orElse(Long.MAX_VALUE);
        return new GenSource(frame, sizes, bucket(request), flows, count);
    }

    private static TokenBucket bucket(EndpointRequest request) {
        final long rate = request.count("rate", 1, TokenBucket.MAX_RATE).orElse(0);
        final long depth =
                request.count("burst", 1, TokenBucket.MAX_RATE).orElse(Math.max(LEAST_DEPTH, rate / DEPTH_PER_SECOND));
        return rate == 0 ? null : new TokenBucket(rate, depth, System::nanoTime);
    }
}
