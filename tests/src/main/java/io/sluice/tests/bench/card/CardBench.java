// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** One path, and two drivers that work on it slice by slice: ours, and the one in C. */
public final class CardBench implements AutoCloseable {
    private final Load load;
    private final int slots;
    private final CardPath path;
    private final FlowIndex index;
    private final Driver java;
    private final Driver c;

    /**
     * A path for {@code load}.
     *
     * @param program the driver in C, or nothing
     * @param processor where that is to run: where this thread does
     */
    public CardBench(Load load, int slots, List<String> program, int processor) throws IOException {
        this.load = load;
        this.slots = slots;
        path = new CardPath(slots, load.stages(), load.outputs(), load.flows());
        index = new FlowIndex(load.flows());
        java = new JavaDriver(path, load, index);
        c = program.isEmpty() ? null : new CDriver(path, load, index, program, processor);
    }

    /**
     * Carries at least {@code packets} packets, a ring's worth at a time.
     *
     * @param ours by the driver in Java, else by the one in C
     * @return nanoseconds per packet: of the driver, the median of all rounds, and of the cards
     */
    public double[] slice(boolean ours, long packets) throws IOException {
        final Driver driver = ours ? java : c;
        path.begin();
        driver.begin();
        driver.turn(); // gives the card its descriptors
        final long before = driver.position();
        final long sentBefore = path.sent();
        final long modelBefore = path.modelNanos();
        final double[] rounds = new double[(int) (packets / (slots - 1)) + 1];
        long carried = 0;
        for (int round = 0; round < rounds.length; round++) {
            path.cards(slots - 1);
            long nanos = driver.turn();
            path.cards(0);
            nanos += driver.turn();
            final long carriedNow = driver.position() - before;
            rounds[round] = (double) nanos / (carriedNow - carried);
            carried = carriedNow;
        }
        if (path.sent() - sentBefore != carried * load.outputs()) {
            throw new IllegalStateException("packets were lost: carried=" + carried + " outputs=" + load.outputs()
                    + " sent=" + (path.sent() - sentBefore));
        }
        Arrays.sort(rounds);
        return new double[] {rounds[rounds.length / 2], (double) (path.modelNanos() - modelBefore) / carried};
    }

    @Override
    public void close() {
        if (c != null) {
            c.close();
        }
        index.close();
        path.close();
    }
}
