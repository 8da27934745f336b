// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.util.List;

/**
 * Two processes that work on the same packets, the one that is measured first.
 *
 * @param workers both, running
 */
record WorkerPair(List<Worker> workers) implements AutoCloseable {
    WorkerPair {
        workers = List.copyOf(workers);
    }

    /** Figures of the measured process for {@code packets} packets on {@code ring}. */
    double[] slice(int ring, long packets) throws IOException, InterruptedException {
        for (Worker worker : workers) {
            worker.ask(ring + " " + packets);
        }
        final double[] figures = workers.getFirst().answer();
        workers.getLast().answer();
        return figures;
    }

    @Override
    public void close() {
        workers.forEach(Worker::close);
    }
}
