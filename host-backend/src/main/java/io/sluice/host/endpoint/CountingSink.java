// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/** Takes every packet, counts it and, if asked to, checks it against what a generator sends. */
final class CountingSink implements PacketSink {
    private final Tally packets = new Tally();
    private final Tally bytes = new Tally();
    private final StreamChecker checker;

    CountingSink(boolean check) {
        this.checker = check ? new StreamChecker() : null;
    }

    @Override
    public Result transmit(long address, int lengthBytes, long timestampNanos) {
        packets.add(1);
        bytes.add(lengthBytes);
        if (checker != null) {
            checker.check(address, lengthBytes);
        }
        return Result.SENT;
    }

    @Override
    public Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>();
        details.put("taken", packets.value());
        details.put("taken-bytes", bytes.value());
        if (checker != null) {
            details.putAll(checker.details());
        }
        return details;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
