// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/** Generates packets, flow after flow in turn, straight into the buffers that they are received to. */
final class GenSource implements PacketSource {
    private final TestFrame frame;
    private final FrameSizes sizes;
    private final TokenBucket bucket;
    private final int flows;
    private final long count;
    private final Tally generated = new Tally();
    private long made;
    private long sequence;
    private int flow;

    /**
     * @param bucket the rate to keep, or null to go as fast as possible
     * @param count packets to generate
     */
    GenSource(TestFrame frame, FrameSizes sizes, TokenBucket bucket, int flows, long count) {
        this.frame = frame;
        this.sizes = sizes;
        this.bucket = bucket;
        this.flows = flows;
        this.count = count;
    }

    @Override
    public int receive(long address, int capacityBytes) {
        if (made == count) {
            return END;
        }
        if (bucket != null && !bucket.take()) {
            return NOTHING;
        }
        final int length = sizes.nextLengthBytes();
        if (length <= capacityBytes) {
            frame.write(address, length, flow, sequence);
        }
        made++;
        generated.add(1);
        if (++flow == flows) {
            flow = 0;
            sequence++;
        }
        return length <= capacityBytes ? length : OVERSIZE;
    }

    @Override
    public long nextDueNanos() {
        return bucket == null ? 0 : bucket.nextDueNanos();
    }

    /** Packets generated, those too long for their buffer included, and those given up because they fell behind. */
    @Override
    public Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>();
        details.put("generated", generated.value());
        details.put("behind-rate", bucket == null ? 0 : bucket.givenUp());
        return details;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
