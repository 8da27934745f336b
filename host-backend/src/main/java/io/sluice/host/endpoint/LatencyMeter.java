// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.ring.StageGauges;
import org.HdrHistogram.Histogram;

/**
 * The time from a packet's reception to its transmission, both on this host's clock: a histogram of one packet in
 * {@link #SAMPLE_EVERY}, told to the stage's gauges twice a second.
 */
public final class LatencyMeter {
    private static final int SAMPLE_EVERY = 16;
    private static final long MAX_NANOS = 60_000_000_000L;
    private static final long REPORT_NANOS = 500_000_000L;

    private final StageGauges gauges;
    private final Histogram histogram = new Histogram(MAX_NANOS, 2);
    private int countdown = 1;
    private long reportedNanos;

    /** A meter that tells {@code gauges}. */
    public LatencyMeter(StageGauges gauges) {
        this.gauges = gauges;
    }

    /** Measures one packet in {@link #SAMPLE_EVERY}. */
    public void record(long nanos) {
        if (--countdown == 0) {
            countdown = SAMPLE_EVERY;
            sample(nanos);
        }
    }

    /** Measures a packet that the caller has chosen. */
    public void sample(long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, MAX_NANOS));
    }

    /** Tells the gauges where it is time to; once a turn. */
    public void report(long nowNanos) {
        if (nowNanos - reportedNanos > REPORT_NANOS) {
            reportedNanos = nowNanos;
            reportNow();
        }
    }

    /** Tells the gauges. */
    public void reportNow() {
        if (histogram.getTotalCount() > 0) {
            gauges.latency(
                    histogram.getTotalCount(),
                    histogram.getValueAtPercentile(50),
                    histogram.getValueAtPercentile(99),
                    histogram.getValueAtPercentile(99.9),
                    histogram.getMaxValue());
        }
    }
}
