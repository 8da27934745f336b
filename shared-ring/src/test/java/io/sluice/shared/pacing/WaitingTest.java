// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.pacing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.shared.agent.Agent;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaitingTest {
    private static final long DEADLINE_SECONDS = 20;

    private final int bell = EventFd.create();
    private final Sleeper sleeper = new Sleeper(bell);

    @AfterEach
    void close() {
        sleeper.close();
        Descriptors.close(bell);
    }

    /** An agent whose work is permits, and which tells when it is about to sleep. */
    private static final class FakeAgent implements Agent {
        final Semaphore work = new Semaphore(0);
        final Semaphore armed = new Semaphore(0);
        final AtomicLong turns = new AtomicLong();
        final AtomicInteger disarmed = new AtomicInteger();
        Predicate<WaitSet> arm = waitSet -> work.availablePermits() == 0;

        @Override
        public String roleName() {
            return "fake";
        }

        @Override
        public int doWork() {
            turns.incrementAndGet();
            return work.drainPermits();
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            final boolean sleeps = arm.test(waitSet);
            armed.release();
            return sleeps;
        }

        @Override
        public void disarm() {
            disarmed.incrementAndGet();
        }
    }

    /** Runs an agent as its thread would, until closed. */
    private static final class Loop implements AutoCloseable {
        private final Thread thread;
        private final Sleeper sleeper;
        private volatile boolean running = true;

        Loop(Agent agent, Waiting waiting, Sleeper sleeper) {
            this.sleeper = sleeper;
            thread = Thread.ofPlatform().daemon().start(() -> {
                while (running) {
                    waiting.idle(agent.doWork(), agent);
                }
            });
        }

        @Override
        public void close() {
            running = false;
            sleeper.wake();
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WaitMode.class,
            names = {"ADAPTIVE", "BLOCK"})
    void shouldSleepWhenIdleAndWakeWhenKicked(WaitMode mode) throws Exception {
        final FakeAgent agent = new FakeAgent();
        try (Loop _ = new Loop(agent, Waiting.of(mode, sleeper), sleeper)) {
            final long start = System.nanoTime();
            final int kicks = 50;
            for (int i = 0; i < kicks; i++) {
                assertThat(agent.armed.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS))
                        .isTrue();
                agent.work.release();
                sleeper.wake();
                while (agent.work.availablePermits() > 0) {
                    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS));
                    Thread.onSpinWait();
                }
            }
            // Kicked out of its sleep each time, not woken by the sleep's bound.
            assertThat(System.nanoTime() - start).isLessThan(kicks * Sleeper.MAX_SLEEP_NANOS / 2);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WaitMode.class,
            names = {"ADAPTIVE", "BLOCK"})
    void shouldTakeFewTurnsWhenIdle(WaitMode mode) throws Exception {
        final FakeAgent agent = new FakeAgent();
        try (Loop _ = new Loop(agent, Waiting.of(mode, sleeper), sleeper)) {
            assertThat(agent.armed.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            final long turns = agent.turns.get();
            assertThat(agent.armed.tryAcquire(3, DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            // Each further sleep took its full length and one turn.
            assertThat(agent.turns.get() - turns).isLessThanOrEqualTo(5);
            assertThat(agent.disarmed.get()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void shouldEndASleepByEachBellItAwaitsAndTakeTheKicks() {
        final int one = EventFd.create();
        final int other = EventFd.create();
        final List<Bell> bells = List.of(new Bell(one), new Bell(other));
        final FakeAgent agent = new FakeAgent();
        agent.arm = waitSet -> {
            bells.forEach(waitSet::awaitKick);
            return true;
        };
        try (Sleeper awaiting = Sleeper.byAgentsBells()) {
            for (int bell : new int[] {one, other}) {
                EventFd.signal(bell);
                final long start = System.nanoTime();
                awaiting.sleep(agent, Sleeper.MAX_SLEEP_NANOS);
                assertThat(System.nanoTime() - start).isLessThan(Sleeper.MAX_SLEEP_NANOS);
                assertThat(EventFd.drain(bell)).isZero();
            }
            assertThat(bells).extracting(Bell::kicks).containsExactly(1L, 1L);
        } finally {
            Descriptors.close(one);
            Descriptors.close(other);
        }
    }

    @Test
    void shouldNeverSleepWhereItIsToSpin() {
        final FakeAgent agent = new FakeAgent();
        final Waiting waiting = Waiting.of(WaitMode.SPIN, sleeper);
        for (int i = 0; i < 1_000_000; i++) {
            waiting.idle(0, agent);
        }
        assertThat(agent.armed.availablePermits()).isZero();
    }

    @Test
    void shouldSpinThroughShortGapsAndSleepThroughLongOnes() {
        final FakeAgent agent = new FakeAgent();
        final AdaptiveWaiting patient = new AdaptiveWaiting(sleeper, 2_000_000_000L);
        for (int gap = 0; gap < 100; gap++) {
            patient.idle(1, agent);
            for (int i = 0; i < 20; i++) {
                patient.idle(0, agent);
            }
        }
        assertThat(agent.armed.availablePermits()).isZero();
        final AdaptiveWaiting hasty = new AdaptiveWaiting(sleeper, 8);
        agent.arm = waitSet -> false;
        for (int gap = 0; gap < 100; gap++) {
            hasty.idle(1, agent);
            for (int i = 0; i < 20; i++) {
                hasty.idle(0, agent);
            }
        }
        assertThat(agent.armed.availablePermits()).isGreaterThan(100 * 10);
    }

    @Test
    void shouldNotSleepWhereTheAgentFindsWork() {
        final FakeAgent agent = new FakeAgent();
        agent.arm = waitSet -> false;
        final long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            sleeper.sleep(agent, Sleeper.MAX_SLEEP_NANOS);
        }
        assertThat(System.nanoTime() - start).isLessThan(100 * Sleeper.MAX_SLEEP_NANOS / 2);
        assertThat(agent.disarmed).hasValue(100);
    }

    @Test
    void shouldDisarmAlsoWhereArmingFails() {
        final FakeAgent agent = new FakeAgent();
        agent.arm = waitSet -> {
            throw new IllegalStateException("no");
        };
        assertThatThrownBy(() -> sleeper.sleep(agent, 1)).isInstanceOf(IllegalStateException.class);
        assertThat(agent.disarmed).hasValue(1);
    }

    @Test
    void shouldEndASleepByDescriptorsAndDueTimes() {
        final int other = EventFd.create();
        final FakeAgent agent = new FakeAgent();
        final long start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            agent.arm = waitSet -> {
                waitSet.awaitWritable(other);
                return true;
            };
            sleeper.sleep(agent, Sleeper.MAX_SLEEP_NANOS);
            EventFd.signal(other);
            agent.arm = waitSet -> {
                waitSet.awaitReadable(other);
                return true;
            };
            sleeper.sleep(agent, Sleeper.MAX_SLEEP_NANOS);
            agent.arm = waitSet -> {
                waitSet.dueIn(50_000);
                waitSet.dueIn(1_000_000);
                return true;
            };
            sleeper.sleep(agent, Sleeper.MAX_SLEEP_NANOS);
            agent.arm = waitSet -> {
                waitSet.dueIn(-1);
                return true;
            };
            sleeper.sleep(agent, Sleeper.MAX_SLEEP_NANOS);
        }
        assertThat(System.nanoTime() - start).isLessThan(20 * Sleeper.MAX_SLEEP_NANOS);
        Descriptors.close(other);
    }

    @Test
    void shouldSleepShortlyWhereNobodyCanKick() throws Exception {
        final FakeAgent agent = new FakeAgent();
        final Sleeper blind = Sleeper.withoutBell();
        assertThat(blind.canBeKicked()).isFalse();
        assertThat(sleeper.canBeKicked()).isTrue();
        try (Loop _ = new Loop(agent, Waiting.of(WaitMode.ADAPTIVE, blind), blind)) {
            final long start = System.nanoTime();
            // Without a kick it looks again after 2 ms at the latest.
            assertThat(agent.armed.tryAcquire(100, DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(System.nanoTime() - start).isLessThan(100 * Sleeper.MAX_SLEEP_NANOS / 2);
        }
        blind.close();
        blind.close();
        blind.wake();
    }

    @Test
    void shouldNameTheModes() {
        assertThat(WaitMode.parse("adaptive")).isEqualTo(WaitMode.ADAPTIVE);
        assertThatThrownBy(() -> WaitMode.parse("nap")).hasMessage("wait=nap is not one of spin, adaptive, block");
    }
}
