// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.LinkMonitor;
import io.sluice.host.ixgbe.LinkState;
import io.sluice.host.ixgbe.register.LinkRegisters;

/** Whether the link comes up. */
final class LinkCheck implements Check {
    @Override
    public String name() {
        return "link";
    }

    @Override
    public Need need() {
        return Need.CARD;
    }

    @Override
    public Finding run(Bench bench) {
        final LinkMonitor link = bench.card().link();
        final long began = bench.clock().nanos();
        final boolean up = link.awaitUp(bench.options().linkNanos());
        final LinkState state = link.state();
        final Finding finding = up
                ? Finding.passed("up, " + state.speedMegabits() + " Mbit/s")
                        .with("after", (bench.clock().nanos() - began) / 1_000_000 + " ms")
                : Finding.failed("no link within " + bench.options().linkNanos() / 1_000_000_000 + " s; it waits for "
                        + state.waitingFor() + ". The other checks need none");
        return finding.with("asked for", link.attempts() + " times")
                .with("LINKS", "0x%08X".formatted(bench.read(LinkRegisters.LINKS)));
    }
}
