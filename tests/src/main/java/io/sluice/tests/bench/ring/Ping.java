// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.Stage;
import java.util.Arrays;

/** Sends a packet on one ring and waits for the one that comes back on the other. */
final class Ping implements Role {
    private final Stage out;
    private final Stage in;
    private long sum;

    Ping(Directory directory) {
        out = new Stage(directory.ring(0), 0, Doorbell.NONE);
        in = new Stage(directory.ring(1), 1, Doorbell.NONE);
    }

    /** Half a round trip: the median, and what one in a thousand exceeds. */
    @Override
    public long[] slice(int ring, long packets) {
        final long[] nanos = new long[(int) packets];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = roundTrip();
        }
        Arrays.sort(nanos);
        return new long[] {nanos[nanos.length / 2] / 2, nanos[(int) (nanos.length * 999L / 1000)] / 2};
    }

    private long roundTrip() {
        final long start = System.nanoTime();
        Hop.send(out);
        sum += Hop.receive(in);
        final long nanos = System.nanoTime() - start;
        in.publish();
        return nanos;
    }

    @Override
    public long checksum() {
        return sum;
    }
}
