// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.Stage;

/** Answers each packet of one ring with one on the other. */
final class Pong implements Role {
    private final Stage in;
    private final Stage out;
    private long sum;

    Pong(Directory directory) {
        in = new Stage(directory.ring(0), 1, Doorbell.NONE);
        out = new Stage(directory.ring(1), 0, Doorbell.NONE);
    }

    @Override
    public long[] slice(int ring, long packets) {
        for (long i = 0; i < packets; i++) {
            answer();
        }
        return new long[] {0};
    }

    private void answer() {
        sum += Hop.receive(in);
        in.publish();
        Hop.send(out);
    }

    @Override
    public long checksum() {
        return sum;
    }
}
