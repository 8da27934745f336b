// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.ring;

import io.sluice.shared.ring.Directory;

/** What one process does in a benchmark of rings, slice by slice. */
public interface Role {
    /** Does what it does for {@code packets} packets on {@code ring}; the figures, in nanoseconds. */
    long[] slice(int ring, long packets);

    /** Of all that was read, or 0. */
    default long checksum() {
        return 0;
    }

    /**
     * The role that {@code words} name: {@code stages PARITY TOUCHED-BYTES}, {@code ping} or {@code pong}.
     *
     * @throws IllegalArgumentException where there is none of that name
     */
    static Role of(Directory directory, String... words) {
        return switch (words[0]) {
            case "stages" -> new Turns(directory, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "ping" -> new Ping(directory);
            case "pong" -> new Pong(directory);
            default -> throw new IllegalArgumentException("no such role: role=" + words[0]);
        };
    }
}
