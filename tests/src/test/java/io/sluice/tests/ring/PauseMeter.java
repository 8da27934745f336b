// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.ring;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.pacing.WaitSet;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Times every turn of an agent, from the end of one to the end of the next, and notes of each long one what the kernel
 * says of it. Allocates nothing while it measures.
 */
final class PauseMeter implements Agent {
    /** A turn that took so long is a pause. */
    static final long PAUSE_NANOS = 1_000_000;

    /** After a turn that took so long the kernel is asked, so that its answer about a pause is about little else. */
    private static final long LONG_TURN_NANOS = 100_000;

    private static final int MAX_PAUSES = 1 << 17;
    private static final long MAX_NANOS = 60_000_000_000L;

    /**
     * One pause.
     *
     * @param waitedNanos while its thread was ready and had no processor
     * @param awayNanos while its thread neither ran nor was ready, or a hypervisor had taken the processor
     * @param blocked whether its thread gave the processor up by itself
     */
    record Pause(String stage, long startNanos, long endNanos, long waitedNanos, long awayNanos, boolean blocked) {
        long nanos() {
            return endNanos - startNanos;
        }
    }

    private final Agent agent;
    private final long fromNanos;
    private final Histogram turns = new Histogram(MAX_NANOS, 2);
    private final long[] ends = new long[MAX_PAUSES];
    private final long[] lengths = new long[MAX_PAUSES];
    private final long[] waited = new long[MAX_PAUSES];
    private final long[] away = new long[MAX_PAUSES];
    private final boolean[] blocked = new boolean[MAX_PAUSES];
    private ThreadSchedule schedule;
    private long askedNanos;
    private int pauses;
    private int unnoted;
    private long lastNanos;

    /** Measures from {@code fromNanos} on; what is compiled and filled before that does not count. */
    PauseMeter(Agent agent, long fromNanos) {
        this.agent = agent;
        this.fromNanos = fromNanos;
    }

    @Override
    public String roleName() {
        return agent.roleName();
    }

    @Override
    public int doWork() {
        final int work = agent.doWork();
        final long now = System.nanoTime();
        if (now >= fromNanos) {
            if (schedule == null) {
                schedule = new ThreadSchedule();
                schedule.read();
                askedNanos = now;
            } else {
                turns.recordValue(Math.min(now - lastNanos, MAX_NANOS));
                if (now - lastNanos >= LONG_TURN_NANOS) {
                    ask(now);
                }
            }
        }
        lastNanos = now;
        return work;
    }

    private void ask(long now) {
        final long ranBefore = schedule.ranNanos();
        final long waitedBefore = schedule.waitedNanos();
        final long switchesBefore = schedule.switches();
        schedule.read();
        if (now - lastNanos >= PAUSE_NANOS) {
            if (pauses == MAX_PAUSES) {
                unnoted++;
            } else {
                final long ranNanos = schedule.ranNanos() - ranBefore;
                ends[pauses] = now;
                lengths[pauses] = now - lastNanos;
                waited[pauses] = schedule.waitedNanos() - waitedBefore;
                away[pauses] = Math.max(0, now - askedNanos - ranNanos - waited[pauses]);
                blocked[pauses] = schedule.switches() != switchesBefore;
                pauses++;
            }
        }
        askedNanos = now;
    }

    /** All turns; once the thread has ended, as what follows. */
    Histogram turns() {
        return turns;
    }

    List<Pause> pauses() {
        final List<Pause> result = new ArrayList<>();
        for (int i = 0; i < pauses; i++) {
            result.add(new Pause(roleName(), ends[i] - lengths[i], ends[i], waited[i], away[i], blocked[i]));
        }
        return result;
    }

    /** Pauses for which there was no room. */
    int unnoted() {
        return unnoted;
    }

    @Override
    public boolean arm(WaitSet waitSet) {
        return agent.arm(waitSet);
    }

    @Override
    public void disarm() {
        agent.disarm();
    }

    @Override
    public boolean done() {
        return agent.done();
    }

    @Override
    public void onClose() {
        agent.onClose();
        if (schedule != null) {
            schedule.close();
        }
    }
}
