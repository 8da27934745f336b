// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardStatistics;
import io.sluice.host.ixgbe.Statistic;

/** Whether the card has counted what went through its loopback, and no errors. */
final class CounterCheck implements Check {
    @Override
    public String name() {
        return "counters";
    }

    @Override
    public Need need() {
        return Need.MEMORY;
    }

    @Override
    public Finding run(Bench bench) {
        final CardStatistics statistics = bench.card().statistics();
        statistics.refresh();
        final long transmitted = statistics.value(Statistic.TRANSMITTED_GOOD);
        final long received = statistics.value(Statistic.RECEIVED_GOOD);
        final long damaged = statistics.value(Statistic.CRC_ERRORS);
        final long missed = statistics.value(Statistic.MISSED);
        final Finding finding;
        if (damaged > 0) {
            finding = Finding.warned(
                    damaged + " frames came with a wrong check sequence (CRCERRS): look at cable and" + " module");
        } else if (transmitted != bench.sent() || received < bench.received()) {
            finding = Finding.warned("the card has counted " + transmitted + " frames transmitted and " + received
                    + " received, and has reported " + bench.sent() + " and " + bench.received());
        } else {
            finding = Finding.passed("the card has counted the " + transmitted + " frames that went through");
        }
        return finding.with("transmitted (GPTC)", transmitted)
                .with("received (GPRC)", received)
                .with("missed (MPC)", missed)
                .with("damaged (CRCERRS)", damaged);
    }
}
