// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

/** A source that never has a packet and never ends. */
final class EmptySource implements PacketSource {
    @Override
    public int receive(long address, int capacityBytes) {
        return NOTHING;
    }

    @Override
    public long nextDueNanos() {
        return NEVER;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
