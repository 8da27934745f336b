// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import io.sluice.shared.memory.Memory;

/**
 * What a host stage last measured, written by that stage alone about once a second.
 *
 * <pre>
 *   gauges line, 128 bytes, opaque
 *     0   latencySamples  u64   packets whose time from reception to transmission was measured
 *     8   latencyP50      u64   nanoseconds, over all samples
 *     16  latencyP99      u64
 *     24  latencyP999     u64
 *     32  latencyMax      u64
 *     40  emptySlots      u64   slots whose packet an earlier stage had dropped
 * </pre>
 */
public final class StageGauges {
    private final long address;

    public StageGauges(long address) {
        this.address = address;
    }

    public void latency(long samples, long p50Nanos, long p99Nanos, long p999Nanos, long maxNanos) {
        Memory.longOpaque(address, samples);
        Memory.longOpaque(address + 8, p50Nanos);
        Memory.longOpaque(address + 16, p99Nanos);
        Memory.longOpaque(address + 24, p999Nanos);
        Memory.longOpaque(address + 32, maxNanos);
    }

    public void addEmptySlot() {
        Memory.longOpaque(address + 40, Memory.longAt(address + 40) + 1);
    }

    public long latencySamples() {
        return Memory.longOpaque(address);
    }

    public long latencyP50Nanos() {
        return Memory.longOpaque(address + 8);
    }

    public long latencyP99Nanos() {
        return Memory.longOpaque(address + 16);
    }

    public long latencyP999Nanos() {
        return Memory.longOpaque(address + 24);
    }

    public long latencyMaxNanos() {
        return Memory.longOpaque(address + 32);
    }

    public long emptySlots() {
        return Memory.longOpaque(address + 40);
    }
}
