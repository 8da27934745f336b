// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import java.io.IOException;

/** The driver's side of a path, in turns with the cards. */
interface Driver extends AutoCloseable {
    /** Takes over the path, whose queues have just been given to the cards and whose ring is empty. */
    void begin() throws IOException;

    /** Works until there is nothing more to do; what that took, in nanoseconds. */
    long turn() throws IOException;

    /** Slots that have left the ring, after the last turn. */
    long position() throws IOException;

    @Override
    void close();
}
