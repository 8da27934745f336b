// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardException;
import java.util.Locale;

/** How many frames go through the card's loopback each second: short ones, and long ones. */
final class ThroughputCheck implements Check {
    private static final int TELL_EVERY = 32;
    private static final long IDLE_NANOS = 10_000;

    /** Frames that have not come back by then are lost. */
    private static final long LOST_NANOS = 2_000_000_000;

    /** Check sequence, preamble and gap, which take their time on a wire too. */
    private static final int FRAMING_BYTES = 4 + 8 + 12;

    private record Rate(long frames, long lost, long nanos) {
        String words(int lengthBytes) {
            final double perSecond = frames * 1e9 / nanos;
            return String.format(
                    Locale.ROOT,
                    "%.3f million a second, %.2f Gbit/s with preamble and gap",
                    perSecond / 1e6,
                    perSecond * (lengthBytes + FRAMING_BYTES) * 8 / 1e9);
        }
    }

    @Override
    public String name() {
        return "throughput";
    }

    @Override
    public Need need() {
        return Need.MEMORY;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final Rate low;
        final Rate high;
        try (Loopback _ = new Loopback(bench)) {
            low = measure(bench, TestFrames.LEAST_BYTES);
            high = measure(bench, TestFrames.MOST_BYTES);
        }
        final String words = "frames of 64 bytes " + low.words(TestFrames.LEAST_BYTES) + "; of 1518 bytes "
                + high.words(TestFrames.MOST_BYTES);
        final Finding finding;
        if (low.frames == 0 || high.frames == 0) {
            finding = Finding.failed("no frame came back through the loopback");
        } else if (low.lost + high.lost > 0) {
            finding = Finding.failed(words + "; " + (low.lost + high.lost) + " frames were lost");
        } else {
            finding = Finding.passed(words);
        }
        return finding.with("frames of 64 bytes", low.frames)
                .with("frames of 1518 bytes", high.frames)
                .with("lost", low.lost + high.lost);
    }

    private static Rate measure(Bench bench, int lengthBytes) throws CardException {
        final long span = bench.options().throughputNanos() / 2;
        try (LoopPort port = new LoopPort(bench, 0, true)) {
            final long frame = TestFrames.write(bench, 0, lengthBytes);
            final long began = bench.clock().nanos();
            boolean stands = false;
            long movedAt = began;
            long now = began;
            while (now - began < span && !stands) {
                final boolean moved = turn(port, frame, lengthBytes);
                now = bench.clock().nanos();
                if (moved) {
                    movedAt = now;
                } else {
                    stands = now - movedAt > LOST_NANOS;
                    bench.clock().sleep(IDLE_NANOS);
                }
            }
            final long counted = port.received();
            final long nanos = Math.max(1, now - began);
            // What is under way still comes back, or is lost.
            bench.await(
                    () -> {
                        take(port);
                        return port.received() == port.sent();
                    },
                    stands ? 0 : LOST_NANOS);
            return new Rate(counted, port.sent() - port.received(), nanos);
        }
    }

    /** Takes what has come back, and sends as much again; whether anything has come back. */
    private static boolean turn(LoopPort port, long frame, int lengthBytes) {
        final int taken = take(port);
        port.done();
        final int room = port.room();
        for (int i = 1; i <= room; i++) {
            final boolean last = i == room || i % TELL_EVERY == 0;
            port.send(frame, lengthBytes, last);
            if (last) {
                port.flush();
            }
        }
        return taken > 0;
    }

    private static int take(LoopPort port) {
        int taken = 0;
        while (taken < TestMemory.DESCRIPTORS && port.receive() != LoopPort.NOTHING) {
            port.release();
            taken++;
        }
        return taken;
    }
}
