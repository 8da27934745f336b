// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import static io.sluice.host.ixgbe.register.InterruptRegisters.EIAC;
import static io.sluice.host.ixgbe.register.InterruptRegisters.EIAM;
import static io.sluice.host.ixgbe.register.InterruptRegisters.GPIE;
import static io.sluice.host.ixgbe.register.InterruptRegisters.GPIE_EIAME;
import static io.sluice.host.ixgbe.register.InterruptRegisters.GPIE_MSIX;
import static io.sluice.host.ixgbe.register.InterruptRegisters.GPIE_OCD;
import static io.sluice.host.ixgbe.register.InterruptRegisters.GPIE_PBA_SUPPORT;
import static io.sluice.host.ixgbe.register.InterruptRegisters.eiamEx;
import static io.sluice.host.ixgbe.register.InterruptRegisters.eicsEx;
import static io.sluice.host.ixgbe.register.InterruptRegisters.eimcEx;
import static io.sluice.host.ixgbe.register.InterruptRegisters.eimsEx;

import io.sluice.host.ixgbe.CardException;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Whether each vector signals, and only it, when its cause is set by hand (EICS, 7.3, 8.2.3.5.2). */
final class InterruptCheck implements Check {
    private static final int MOST_VECTORS = 64;
    private static final int FIRST_VECTORS = 0xFFFF;
    private static final long ARRIVAL_NANOS = 1_000_000_000;
    private static final long LATER_NANOS = 10_000_000;

    @Override
    public String name() {
        return "interrupts";
    }

    @Override
    public Need need() {
        return Need.CARD;
    }

    @Override
    public Finding run(Bench bench) throws CardException {
        final int vectors = Math.min(MOST_VECTORS, bench.device().vectors());
        if (vectors == 0) {
            return Finding.skipped("this door carries none: stages that wait sleep for bounded times");
        }
        final int[] bells = new int[vectors];
        for (int vector = 0; vector < vectors; vector++) {
            bells[vector] = EventFd.create();
        }
        try {
            connect(bench, bells);
            final Finding finding = signal(bench, bells);
            silence(bench, vectors);
            return finding;
        } finally {
            for (int bell : bells) {
                Descriptors.close(bell);
            }
        }
    }

    /** 4.6.6, "operating with MSI-X": what was signalled is masked and cleared by itself. */
    private static void connect(Bench bench, int[] bells) throws CardException {
        for (int vector = 0; vector < bells.length; vector++) {
            target(bench, vector, bells[vector]);
        }
        bench.write(GPIE, GPIE_MSIX | GPIE_OCD | GPIE_EIAME | GPIE_PBA_SUPPORT);
        bench.write(EIAC, FIRST_VECTORS);
        bench.write(EIAM, FIRST_VECTORS);
        for (int half = 0; half < 2; half++) {
            bench.write(eiamEx(half), -1);
            bench.write(eimsEx(half), -1);
        }
    }

    private static void target(Bench bench, int vector, int bell) throws CardException {
        try {
            bench.device().interrupt(vector, bell);
        } catch (IOException e) {
            throw new CardException(
                    bench.device().name(), "vector " + vector + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Sets one cause after the other: what comes with the wrong one shows as well. */
    private static Finding signal(Bench bench, int[] bells) {
        final BitSet missing = new BitSet();
        final List<String> strange = new ArrayList<>();
        long slowestNanos = 0;
        for (int vector = 0; vector < bells.length; vector++) {
            final int own = bells[vector];
            final long began = bench.clock().nanos();
            bench.write(eicsEx(vector / Integer.SIZE), 1 << vector % Integer.SIZE);
            // Where the first one does not come, the others are not waited for as long.
            final long arrivalNanos = missing.isEmpty() ? ARRIVAL_NANOS : LATER_NANOS;
            if (bench.await(() -> EventFd.drain(own) > 0, arrivalNanos)) {
                slowestNanos = Math.max(slowestNanos, bench.clock().nanos() - began);
            } else {
                missing.set(vector);
            }
            for (int other = 0; other < bells.length; other++) {
                if (other != vector && EventFd.drain(bells[other]) > 0) {
                    strange.add(vector + " signals " + other);
                }
            }
        }
        if (!missing.isEmpty()) {
            return Finding.failed(
                    missing.cardinality() == bells.length
                            ? "none of " + bells.length + " vectors signals (EICS, 8.2.3.5.2); stages that wait for"
                                    + " packets would sleep for ever. Look whether interrupt remapping is on"
                            : "vectors " + missing + " of " + bells.length + " do not signal (EICS, 8.2.3.5.2)");
        }
        return strange.isEmpty()
                ? Finding.passed("each of " + bells.length + " vectors signals")
                        .with("slowest", slowestNanos / 1_000 + " us")
                : Finding.failed("vectors signal for others: " + String.join(", ", strange));
    }

    private static void silence(Bench bench, int vectors) throws CardException {
        for (int half = 0; half < 2; half++) {
            bench.write(eimcEx(half), -1);
        }
        bench.write(GPIE, 0);
        for (int vector = 0; vector < vectors; vector++) {
            target(bench, vector, -1);
        }
    }
}
