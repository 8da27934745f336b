// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.CardClock;
import io.sluice.host.ixgbe.CardException;
import io.sluice.host.pci.PciDevice;
import java.util.ArrayList;
import java.util.List;

/**
 * Tests a card from its configuration space to its throughput, in an order in which each check builds on those before it.
 * Whatever the card was doing ends: it is reset at the beginning, and again at the end.
 */
public final class SelfTest {
    private static final List<Check> CHECKS = List.of(
            new BusCheck(),
            new ResetCheck(),
            new RegisterCheck(),
            new EepromCheck(),
            new AddressCheck(),
            new SetupCheck(),
            new InterruptCheck(),
            new ModuleCheck(),
            new LinkCheck(),
            new LoopbackCheck(),
            new DmaCheck(),
            new QueueCheck(),
            new ThroughputCheck(),
            new CounterCheck());

    private SelfTest() {}

    /** Who is told how it goes, by the thread that tests. */
    public interface Progress {
        /** {@code check} begins. */
        void begins(String check);

        /** A check has ended, or was left out. */
        void ended(CheckResult result);
    }

    /** What there is to check, in this order. */
    public static List<String> names() {
        return CHECKS.stream().map(Check::name).toList();
    }

    /** Tests {@code device}, which is nobody else's meanwhile and stays the caller's to close. */
    public static List<CheckResult> run(PciDevice device, CardClock clock, SelfTestOptions options, Progress progress) {
        final List<CheckResult> results = new ArrayList<>();
        try (Bench bench = new Bench(device, clock, options)) {
            for (Check check : CHECKS) {
                progress.begins(check.name());
                final long began = clock.nanos();
                final Finding finding = find(check, bench);
                final CheckResult result = new CheckResult(
                        check.name(), finding.outcome(), finding.words(), finding.facts(), clock.nanos() - began);
                results.add(result);
                progress.ended(result);
            }
        }
        return results;
    }

    private static Finding find(Check check, Bench bench) {
        if (bench.options().skipped().contains(check.name())) {
            return Finding.skipped("not wanted");
        }
        final String hindrance = bench.hindrance(check.need());
        if (!hindrance.isEmpty()) {
            return Finding.skipped("not tried: " + hindrance);
        }
        try {
            final Finding finding = check.run(bench);
            return bench.vanished()
                    ? Finding.failed(
                            "the card no longer answers: all registers read as ones; look whether it is still in"
                                    + " its slot and powered, or whether the program that plays it still runs")
                    : finding;
        } catch (CardException e) {
            bench.vanished();
            return Finding.failed(bench.withoutName(e.getMessage()));
        }
    }
}
