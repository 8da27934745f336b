// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;

/** Whether the card reports what it has done in both of its ways, and writes to no memory but what it was given. */
final class DmaCheck implements Check {
    private static final int FRAMES = 64;
    private static final long REPORT_NANOS = 2_000_000_000;

    @Override
    public String name() {
        return "dma";
    }

    @Override
    public Need need() {
        return Need.MEMORY;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final long descriptorNanos;
        final long headNanos;
        try (Loopback _ = new Loopback(bench)) {
            descriptorNanos = report(bench, false);
            headNanos = report(bench, true);
        }
        if (descriptorNanos < 0 || headNanos < 0) {
            return Finding.failed((descriptorNanos < 0 ? "descriptors are not marked as done (DD, 7.2.3.2.2)" : "")
                    + (descriptorNanos < 0 && headNanos < 0 ? ", and " : "")
                    + (headNanos < 0 ? "the transmit ring's head is not written to memory (7.2.3.5.2)" : ""));
        }
        final int overrun = bench.memory().overrun();
        final Finding finding = overrun == 0
                ? Finding.passed("descriptors and heads are reported, and nothing was written outside of buffers")
                : Finding.failed("the card wrote behind " + overrun + " buffers of "
                        + (TestMemory.BUFFER_KIBIBYTES << 10) + " bytes: take it out of this machine");
        return finding.with("descriptor done after", descriptorNanos / 1_000 + " us")
                .with("head written back after", headNanos / 1_000 + " us");
    }

    /** How long it takes until {@link #FRAMES} frames are reported, or -1 where they are not. */
    private static long report(Bench bench, boolean writesHead) throws CardException {
        try (LoopPort port = new LoopPort(bench, 0, writesHead)) {
            for (int i = 0; i < FRAMES; i++) {
                final int length = TestFrames.LEAST_BYTES + i;
                port.send(TestFrames.write(bench, i, length), length, !writesHead || i == FRAMES - 1);
            }
            final long began = bench.clock().nanos();
            port.flush();
            final boolean reported = bench.await(() -> port.done() == FRAMES, REPORT_NANOS);
            final long nanos = bench.clock().nanos() - began;
            bench.await(
                    () -> {
                        while (port.receive() != LoopPort.NOTHING) {
                            port.release();
                        }
                        return port.received() == FRAMES;
                    },
                    reported ? REPORT_NANOS : 0);
            return reported ? nanos : -1;
        }
    }
}
