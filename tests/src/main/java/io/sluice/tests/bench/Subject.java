// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;

/** One side of a contest, running: ready to be measured for a slice of time, again and again. */
public interface Subject extends AutoCloseable {
    /** One figure for each of the contest's rows. */
    double[] slice() throws IOException, InterruptedException;

    @Override
    void close();
}
